"""The built book on a phone, dark, from disk and without a network: what ``test_pages`` sees from a server."""

from visiting import Visit, barriers, check_layout


def test_from_disk_without_a_network(page, browser, html):
    with Visit(browser, html.resolve().as_uri(), page, width=390, mode="dark") as visit:
        check_layout(visit)
        visit.problems += barriers(visit.tab)
        assert not visit.problems, "\n".join(visit.problems)
