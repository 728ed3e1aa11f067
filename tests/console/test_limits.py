"""Before a website is read its owner sees how many pages it has, and says how much of it should be read."""

import pytest
from django.urls import reverse

from apps.knowledge.models import Source
from tests.cast import a_member
from tests.peers.site import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    with Site() as running:
        running.put_page("/", "Home", links=["/help/a", "/blog/a"])
        yield running


def counted(client, agent, typed, **fields):
    answer = client.get(reverse("console:train_count", args=[agent.public_id]), {"anything": typed, **fields})
    assert answer.status_code == 200
    return answer.content.decode().strip()


def add(client, agent, typed, **fields):
    return client.post(reverse("console:train_add", args=[agent.public_id]), {"anything": typed, **fields})


def test_a_site_without_a_list_of_pages_is_said_to_have_at_least_those_it_links_to(as_ada, agent, site):
    words = counted(as_ada, agent, site.url)
    assert words.startswith("At least 3 pages: the site lists none")
    assert counted(as_ada, agent, site.url, exclude="/blog/").startswith("At least 2 pages")
    assert "At most 1 are read" in counted(as_ada, agent, site.url, max_pages="1")


def test_a_site_that_lists_its_pages_is_said_to_have_about_so_many(as_ada, agent, site):
    listed = "".join(f"<url><loc>{site.url}/p{n}</loc></url>" for n in range(240))
    site.put("/sitemap.xml", f"<urlset>{listed}</urlset>")
    words = counted(as_ada, agent, site.url)
    assert words == "About 243 pages. At most 200 are read; more if you raise that under Limits."


def test_what_keeps_it_from_being_counted_is_said_in_words(as_ada, agent, site):
    site.put("/robots.txt", "User-agent: *\nDisallow: /", media_type="text/plain")
    assert "robots.txt" in counted(as_ada, agent, site.url)
    assert "not on the public internet" in counted(as_ada, agent, "http://10.0.0.1/")
    assert counted(as_ada, agent, site.url, exclude="/*").endswith(
        "/* would leave out every page.</span></span>"
    )


def test_a_text_is_not_counted(as_ada, agent):
    assert counted(as_ada, agent, "We ship to Norway.") == ""


def test_counting_is_for_those_who_may_add(client, ada, agent, site):
    client.force_login(a_member("Vic", ada.workspace, "viewer").user)
    answer = client.get(reverse("console:train_count", args=[agent.public_id]), {"anything": site.url})
    assert answer.status_code == 403 and site.asked == []


def test_an_address_alone_is_read_with_the_usual_limits(as_ada, agent, site):
    assert add(as_ada, agent, site.url, max_pages="", include="", exclude="").status_code == 302
    config = Source.objects.get(agent=agent).config
    assert (config["max_pages"], config["include"], config["exclude"]) == (200, [], [])


def test_limits_are_kept_with_the_source(as_ada, agent, site):
    add(as_ada, agent, site.url, max_pages="30", include="/help/*\r\n/faq", exclude="print")
    config = Source.objects.get(agent=agent).config
    assert (config["max_pages"], config["include"], config["exclude"]) == (30, ["/help/*", "/faq"], ["print"])


def test_a_wrong_limit_comes_back_at_its_field_with_all_that_was_typed(as_ada, agent, site):
    answer = add(as_ada, agent, site.url, max_pages="few", include="/help/*", exclude="*")
    page = answer.content.decode()
    assert answer.status_code == 422 and not Source.objects.exists()
    assert "A whole number from 1 to 10,000." in page and "* would leave out every page." in page
    assert site.url in page and 'value="few"' in page and ">/help/*</textarea>" in page
    assert '<details id="limits" class="stack-small" open>' in page


def test_limits_mean_nothing_to_a_text(as_ada, agent):
    assert add(as_ada, agent, "We ship to Norway.", max_pages="few").status_code == 302
