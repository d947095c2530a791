// Two conveniences. Everything works without them.

// Leaving quickly: the neutral page takes this page's place in the history, so that "back" does not lead here.
for (const exit of document.querySelectorAll(".exit")) {
  exit.addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(exit.href);
  });
}

// Sharing through the device, where it offers that.
for (const button of document.querySelectorAll("[data-share]")) {
  if (navigator.share) {
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ text: button.dataset.share, url: button.value }).catch(() => {});
    });
  }
}
