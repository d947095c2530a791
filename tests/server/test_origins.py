"""More than one address on a real server: what it sends depends on the host that is asked."""

import json
from http.client import HTTPConnection

import pytest

from tests.servers import LONG, Campaign


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """A site with another address under https; both are of this machine, as a public one refuses to run on a RAM disk."""
    made = Campaign(tmp_path_factory.mktemp("origins") / "instance", workers=1)
    made.env["CAMPAIGN_BASE_URL"] = f"{made.url} https://nida.localhost"
    with made:
        yield made


def ask(campaign, host, path="/en/"):
    """Return the status and headers of a page as that host."""
    connection = HTTPConnection("127.0.0.1", campaign.port, timeout=LONG)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def test_each_address_has_headers_of_its_own_however_often_the_page_was_read_at_another(campaign):
    for _ in range(2):
        for host, is_https in ((f"localhost:{campaign.port}", False), ("nida.localhost", True), ("NIDA.localhost.:443", True)):
            status, headers = ask(campaign, host)
            assert (status, "Strict-Transport-Security" in headers) == (200, is_https), host
            _, headers = ask(campaign, host, "/en/organize/enter")
            assert ("; Secure" in headers["Set-Cookie"]) == headers["Set-Cookie"].startswith("__Host-desk=") == is_https


def test_another_host_is_refused_and_a_redirect_stays_where_it_was_asked(campaign):
    assert ask(campaign, "nida.example")[0] == 400
    status, headers = ask(campaign, "nida.localhost", "/en/organize")
    assert (status // 100, headers["Location"].startswith("/")) == (3, True)


def test_a_command_says_which_address_is_wrong(campaign):
    wrong = Campaign(campaign.data, CAMPAIGN_BASE_URL="https://petition.example.org https://petition.example.net/en")

    done = wrong.run("check")

    assert done.returncode == 1
    assert "CAMPAIGN_BASE_URL number 2 must be a URL without a path" in done.stderr
    assert json.loads(campaign.run("status", "--json").stdout)
