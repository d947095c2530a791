"""What lies in deploy/ for hosts: it is what the page for hosts shows, and what reads it takes it."""

import configparser
import http.client
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import ExitStack, contextmanager, suppress

import html5lib
import pytest
import yaml

from campaign.config import PACKAGE
from tests.server.crowd import crowd
from tests.server.test_reexec import AS_SYSTEMD
from tests.servers import LONG, Campaign, free_port, wait_until

TOP = PACKAGE.parent
DEPLOY = TOP / "deploy"
NEEDED = {"requirements.lock", "pyproject.toml", "hatch_build.py", "LICENSE", "campaign", "templates", "translations"}
CONTAINER = DEPLOY / "container"
SLOW_CLIENTS, OTHER_NETWORK = 2_000, ("127.0.0.2", 0)  # nginx takes a hundred at once from each
HALF_A_FORM = b"POST /en/sign HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nname=La"
SHOWN = ("systemd/campaign.service", "systemd/campaign.socket", "nginx/campaign.conf", "caddy/Caddyfile")


@pytest.mark.parametrize("name", SHOWN)
def test_the_page_for_hosts_shows_the_file_as_it_is(name):
    page = (PACKAGE.parent / "docs" / "hosts.md").read_text("utf-8")

    assert f"\n{(DEPLOY / name).read_text('utf-8')}```" in page
    assert f"deploy/{name}" in page


def test_systemd_takes_the_units(tmp_path, systemd_analyze):
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text("utf-8").replace("/srv/campaign/.venv/bin/campaign", "/bin/true")
        (tmp_path / unit.name).write_text(re.sub(r"^(User|Group)=.*", r"\1=root", text, flags=re.MULTILINE))
    units = sorted(map(str, tmp_path.iterdir()))

    done = subprocess.run([systemd_analyze, "verify", "--man=no", *units], capture_output=True, text=True, check=False)

    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line or "campaign" in line] == []


def test_systemd_waits_for_a_long_change_of_the_tables_before_the_site_says_that_it_is_up():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(DEPLOY / "systemd" / "campaign.service")

    service = unit["Service"]
    assert (service["Type"], service["TimeoutStartSec"]) == ("notify", "infinity")


def test_nginx_takes_its_lines(tmp_path, nginx, openssl):
    pair = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate"), "-subj", "/CN=a", "-days", "1"]
    subprocess.run([openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *pair], check=True, capture_output=True)
    site = (DEPLOY / "nginx/campaign.conf").read_text("utf-8")
    site = re.sub(r"/etc/letsencrypt\S*fullchain.pem", str(tmp_path / "certificate"), site)
    site = re.sub(r"/etc/letsencrypt\S*privkey.pem", str(tmp_path / "key"), site)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}}}\n")

    done = subprocess.run([nginx, "-t", "-q", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["caddy/Caddyfile", "container/Caddyfile"])
def test_caddy_takes_its_file(name, caddy, tmp_path):
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", DEPLOY / name]

    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)})

    assert done.returncode == 0, done.stderr


def test_caddy_answers_at_the_onion_address_as_at_the_first(caddy, tmp_path):
    (tmp_path / "Caddyfile").write_text((DEPLOY / "caddy/Caddyfile").read_text("utf-8") + onion_site())
    command = [caddy, "adapt", "--adapter", "caddyfile", "--config", tmp_path / "Caddyfile"]

    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"HOME": str(tmp_path)})

    servers = json.loads(re.sub(r"group\d+", "group", done.stdout))["apps"]["http"]["servers"].values()
    [first, onion] = [[server["routes"][0]["handle"], server["errors"]["routes"][0]["handle"]] for server in servers]
    assert first == onion
    assert '"keep_alive": {"enabled": false}' in json.dumps(onion)


def onion_site():
    """Return the lines for Caddy that the page for hosts shows for an address in the Tor network."""
    page = (TOP / "docs" / "hosts.md").read_text("utf-8")
    [lines] = re.findall(r"```\n(http://ADDRESS\.onion:8080 \{.*?)```", page, re.DOTALL)
    return f"\n{lines}"


def test_the_container_runs_without_rights_on_what_is_there():
    said = (CONTAINER / "Containerfile").read_text("utf-8")
    services = yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))["services"]

    assert said.rindex("USER 10001") > said.rindex("RUN ")
    assert {*services} == {"web", "worker", "database", "shared", "proxy"}
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only") or name == "database", name
    for volume in services["proxy"]["volumes"]:
        source = volume.partition(":")[0]
        assert not source.startswith(".") or (CONTAINER / source).exists()


def test_the_container_takes_what_the_wheel_needs_and_nothing_that_a_host_keeps(tmp_path):
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", (CONTAINER / "Containerfile").read_text("utf-8"), re.MULTILINE)
    copied = {name for line in lines for name in line.split()}
    for name in copied:
        assert name in NEEDED, name
        copy = shutil.copytree if (TOP / name).is_dir() else shutil.copy
        copy(TOP / name, tmp_path / name)

    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)

    [wheel] = (tmp_path / "dist").glob("campaign-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"campaign/__init__.py", "campaign/templates/base.html", "campaign/translations/ar/LC_MESSAGES/messages.mo"} <= names


@pytest.fixture
def maintenance(tmp_path):
    """The folder of the page for maintenance, where the examples are to find it."""
    shutil.copytree(DEPLOY / "maintenance", tmp_path / "maintenance")
    return tmp_path


@pytest.fixture
def site_port():
    """Return the port at which a proxy looks for the site."""
    return free_port()


@pytest.fixture
def behind_nginx(maintenance, nginx, site_port):
    """The address of the example for nginx, without TLS, before a site that is down."""
    port, site = free_port(), (DEPLOY / "nginx/campaign.conf").read_text("utf-8")
    site = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", site, flags=re.DOTALL)
    site = re.sub(r"^ *(ssl_\w+|listen \[::\]).*\n", "", site, flags=re.MULTILINE)
    site = site.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    places = " ".join(f"{kind}_temp_path {maintenance}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    file = maintenance / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {maintenance}/pid; error_log {maintenance}/proxy.log info;\n"
        f"{room_for_connections()}\n"
        f"http {{\naccess_log {maintenance}/access.log;\n{places}\n{here(site, maintenance, site_port)}}}\n"
    )
    with running([nginx, "-c", str(file)], port, maintenance / "said"):
        yield f"http://127.0.0.1:{port}"


def test_nginx_lets_the_certificate_be_renewed_and_leads_everything_else_to_https(nginx, tmp_path):
    port, site = free_port(), (DEPLOY / "nginx/campaign.conf").read_text("utf-8")
    [block] = re.findall(r"^server \{\s+listen 80;.*?^\}\n", site, re.DOTALL | re.MULTILINE)
    block = (
        block.replace("listen [::]:80;\n", "\n")
        .replace("listen 80;", f"listen 127.0.0.1:{port};")
        .replace("/var/www/html", str(tmp_path))
    )
    (tmp_path / ".well-known/acme-challenge").mkdir(parents=True)
    (tmp_path / ".well-known/acme-challenge/token").write_text("an answer")
    file, said = tmp_path / "nginx.conf", tmp_path / "said"
    places = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    file.write_text(f"daemon off; master_process off; pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{places}\n{block}}}\n")

    with running([nginx, "-c", str(file)], port, said):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/.well-known/acme-challenge/token", timeout=LONG) as answer:
            assert answer.read() == b"an answer"
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
        line.request("GET", "/ar/")
        assert line.getresponse().headers["Location"] == "https://petition.example.org/ar/"
        line.close()


def room_for_connections():
    """Return the lines for nginx itself that the page for hosts shows."""
    [lines] = re.findall(r"```\n(worker_rlimit_nofile .*?)```", (TOP / "docs" / "hosts.md").read_text("utf-8"), re.DOTALL)
    return lines


@pytest.fixture
def behind_caddy(maintenance, caddy, site_port):
    """The same for Caddy."""
    port, site = free_port(), (DEPLOY / "caddy/Caddyfile").read_text("utf-8")
    site = site.replace("{\n", "{\n\tadmin off\n", 1).replace("\npetition.example.org {", f"\nhttp://127.0.0.1:{port} {{")
    file = maintenance / "Caddyfile"
    file.write_text(here(site, maintenance, site_port))
    command = [caddy, "run", "--adapter", "caddyfile", "--config", str(file)]
    with running(command, port, maintenance / "said", HOME=str(maintenance)):
        yield f"http://127.0.0.1:{port}"


def here(site, folder, port):
    """Return an example whose page for maintenance is in a folder, and whose site has a port of its own."""
    assert "/srv/campaign/deploy" in site
    return site.replace("/srv/campaign/deploy", str(folder)).replace("127.0.0.1:8000", f"127.0.0.1:{port}")


@contextmanager
def running(command, port, said, **env):
    """Run a proxy for as long as the block; what it says goes to a file."""
    with (
        said.open("wb") as output,
        subprocess.Popen(command, env=os.environ | env, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            wait_until(lambda: is_listening(port))
            yield
        finally:
            process.terminate()


def is_listening(port):
    with suppress(ConnectionError):
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    return False


def ask(url, form=None):
    """Return the status, whether it is to be asked for again, and the page."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, data=form), timeout=LONG)
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers["Retry-After"], answer.headers["Cache-Control"], answer.read()
    return pytest.fail("the site is down")


def test_while_the_site_is_down_nginx_answers_a_page_and_a_form_with_the_page_for_maintenance(behind_nginx, maintenance):
    answers_with_the_page(behind_nginx, maintenance)


def test_while_the_site_is_down_caddy_answers_a_page_and_a_form_with_the_page_for_maintenance(behind_caddy, maintenance):
    answers_with_the_page(behind_caddy, maintenance)


def answers_with_the_page(url, maintenance):
    """Hold that a proxy gives out the page for maintenance, whether the site is down or is said to be down."""
    page = (maintenance / "maintenance" / "index.html").read_bytes()
    for _ in ("it is down", "it is said to be down"):
        assert ask(f"{url}/en/") == (503, "60", "no-store", page)
        assert ask(f"{url}/en/sign", b"name=Layla") == (503, "60", "no-store", page)
        (maintenance / "maintenance" / "on").touch()


def test_nginx_writes_nothing_of_whoever_asks(behind_nginx, maintenance):
    assert traces_of_visitors(behind_nginx, maintenance) == []


def test_caddy_writes_nothing_of_whoever_asks(behind_caddy, maintenance):
    assert traces_of_visitors(behind_caddy, maintenance) == []


def traces_of_visitors(url, folder):
    """Return the lines of a proxy, in files or said, that tell who asked for what, after requests that go wrong in many ways."""
    port = port_of(url)
    agent, own = b"Host: localhost\r\nUser-Agent: Secret-Telephone\r\n", set(folder.rglob("*"))
    requests = (
        b"GET /en/confirm/secret-token HTTP/1.1\r\n" + agent + b"Connection: close\r\n\r\n",
        b"POST /en/sign HTTP/1.1\r\n" + agent + b"Content-Length: 99999999\r\nConnection: close\r\n\r\nname=Secret",
        b"POST /en/sign HTTP/1.1\r\n" + agent + b"Content-Length: 12\r\nConnection: close\r\n\r\nname=Secret+",
        b"GET /secret-token HTTP/9.9\r\n" + agent + b"\r\n",
        b"GET /secret-token\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + agent + b"X-Long: " + b"secret" * 20_000 + b"\r\n\r\n",
        b"\x16\x03\x01secret\r\n\r\n",
    )
    for request in requests:
        with socket.create_connection(("127.0.0.1", port), timeout=LONG) as line, suppress(ConnectionError):
            line.sendall(request)
            while line.recv(65_536):
                pass
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(requests[2][:-5])  # and one that goes away in the middle of a form
    assert ask(f"{url}/en/secret-token")[0] == 503
    written = [
        file for file in folder.rglob("*") if file.is_file() and (file not in own or file.suffix == ".log" or file.name == "said")
    ]
    lines = [line for file in written for line in file.read_text("utf-8", "replace").splitlines()]

    return [line for line in lines if re.search("secret|client: |remote_(ip|addr)|request>", line, re.IGNORECASE)]


def port_of(url):
    return int(url.rpartition(":")[2])


def restart_behind(proxy, folder, site_port):
    """Return how requests through a proxy were answered while the site was ended and started with the socket of systemd."""
    site = Campaign(folder / "instance", workers=1, CAMPAIGN_LIMITS="off")
    with socket.create_server(("127.0.0.1", site_port), backlog=100) as given:
        site.url, site.given = f"http://localhost:{site_port}", (given.fileno(),)
        site.command = [sys.executable, "-c", AS_SYSTEMD, str(given.fileno()), *site.command]
        with site, crowd(site, port_of(proxy)) as answers:
            site.process.terminate()
            assert site.process.wait(LONG) == 0
            site.log.close()
            site.start()
    return answers


def test_a_restart_behind_nginx_loses_no_request(behind_nginx, tmp_path, site_port):
    assert {*restart_behind(behind_nginx, tmp_path, site_port)} == {"GET 200", "POST 303"}


def test_a_restart_behind_caddy_loses_no_request(behind_caddy, tmp_path, site_port):
    assert {*restart_behind(behind_caddy, tmp_path, site_port)} == {"GET 200", "POST 303"}


@pytest.fixture
def site(tmp_path, site_port):
    """The site, where the proxies look for it."""
    campaign = Campaign(tmp_path / "instance", workers=1)
    campaign.command[campaign.command.index("--port") + 1] = str(site_port)
    campaign.port, campaign.url = site_port, f"http://localhost:{site_port}"
    with campaign:
        yield campaign


def seconds_beside_slow_clients(url, begun):
    """Return how long a page takes while two thousand others have begun to ask a proxy and never end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with ExitStack() as held:
            for _ in range(SLOW_CLIENTS):
                client = held.enter_context(socket.create_connection(("127.0.0.1", port_of(url)), LONG, OTHER_NETWORK))
                client.sendall(begun)
            asked_at = time.monotonic()
            with urllib.request.urlopen(f"{url}/healthz", timeout=LONG) as answer:
                assert answer.status == 200
            return time.monotonic() - asked_at
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


SLOWLY = pytest.mark.parametrize("begun", [b"", b"GET /en/ HTTP/1.1\r\nHost: loc", HALF_A_FORM], ids=["nothing", "head", "form"])
AT_MOST = 10  # seconds; under one on a quiet machine, and without room never


@pytest.mark.slow
@SLOWLY
def test_two_thousand_slow_clients_of_nginx_keep_a_page_from_nobody(behind_nginx, site, begun):
    assert seconds_beside_slow_clients(behind_nginx, begun) < AT_MOST


@pytest.mark.slow
@SLOWLY
def test_two_thousand_slow_clients_of_caddy_keep_a_page_from_nobody(behind_caddy, site, begun):
    assert seconds_beside_slow_clients(behind_caddy, begun) < AT_MOST


def test_old_backups_are_deleted_also_where_no_new_one_can_be_made(tmp_path):
    page = (TOP / "docs" / "hosts.md").read_text("utf-8")
    [script] = re.findall(r"/etc/cron.daily/campaign-backup`:\n\n```\n(.*?)```", page, re.DOTALL)
    unit = (DEPLOY / "systemd/campaign-backup.service").read_text("utf-8")
    steps = re.findall(r"^ExecStart(?:Pre)?=(.*)", unit, re.MULTILINE)
    for name, lines in (("cron", script), ("systemd", "set -e\n" + steps[0].replace("*.backup", "'*.backup'") + "\nfalse\n")):
        folder = tmp_path / name
        folder.mkdir()
        for file, days in (("old", 31), ("new", 1)):
            (folder / f"{file}.backup").touch()
            os.utime(folder / f"{file}.backup", (time.time() - days * 86_400,) * 2)
        text = lines.replace("/var/backups/campaign", str(folder)).replace("/usr/local/bin/campaign", "false")

        assert subprocess.run(["sh", "-c", text], check=False).returncode != 0

        assert [one.name for one in folder.iterdir()] == ["new.backup"], name


def test_the_page_for_maintenance_is_whole_in_both_languages_and_asks_for_nothing_else():
    page = (DEPLOY / "maintenance" / "index.html").read_text("utf-8")

    html5lib.HTMLParser(strict=True).parse(page)
    assert re.findall(r"(?:src|href|url)\W", page) == []
    assert (page.count("<h1>"), 'lang="ar" dir="rtl"' in page, 'lang="en" dir="ltr"' in page) == (2, True, True)
