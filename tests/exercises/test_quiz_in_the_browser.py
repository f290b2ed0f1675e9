"""The quiz as a reader uses it: by mouse and by keyboard, on a phone, in the dark, without scripts."""

import pytest

from dlmath.exercises import quiz


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(browser, request):
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, color_scheme="dark", java_script_enabled=request.param
    )
    page = context.new_page()
    requests, errors = [], []
    page.on("request", lambda asked: requests.append(asked.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(f"<!doctype html><html lang=en><title>Quiz</title>{quiz('math/loss').html}")
    yield page
    assert requests == []
    assert errors == []
    context.close()


def answer(page, question, text):
    return page.locator("li").nth(question).get_by_role("group").locator("details", has_text=text)


def test_a_click_shows_why_and_another_answer_closes_it(page):
    wrong, right = answer(page, 0, "(100, 1)"), answer(page, 0, "(100, 100)")
    assert not wrong.locator("p").is_visible()
    wrong.locator("summary").click()
    assert wrong.locator("p").is_visible()
    assert wrong.inner_text().count("✗") == 1
    right.locator("summary").click()
    assert "Right." in right.inner_text()
    assert not wrong.locator("p").is_visible()
    # Another question keeps its own answer.
    answer(page, 1, "It has N + 1 terms.").locator("summary").click()
    assert right.locator("p").is_visible()


def test_the_keyboard_reaches_and_opens_every_answer(page):
    page.locator("summary").first.focus()
    for count in range(page.locator("summary").count()):
        assert page.locator("summary:focus").count() == 1
        if count % 2:
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("Space")
        assert page.locator("details[open] summary:focus").count() == 1
        page.keyboard.press("Tab")
    assert page.locator("details[open]").count() == page.locator("li").count()


def test_a_phone_shows_it_without_scrolling_sideways(page):
    for summary in page.locator("summary").all():
        summary.click()
    for element in page.locator("details").all():
        box = element.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] >= 24  # large enough for a finger
