// Three conveniences. Everything works without them.

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

// A page whose address is nobody else's shows another one in the bar and in the history, so that the browser's own way to share
// gives nothing away. One that still waits for its button keeps its address until that is pressed: it may have to be opened anew.
const shown = document.querySelector("meta[name=shown-address]");
if (shown) {
  const replace = () => history.replaceState(null, "", shown.content);
  if (document.querySelector("button[value=confirm]")) {
    addEventListener("submit", replace);
  } else {
    replace();
  }
}
