"""The search of the built book: what readers type leads to the page that explains it, without a network."""

import pytest

QUERIES = {
    "learning rate": "math/weight-update",
    "CLIP": "forward/contrastive-loss",
    "Q-learning": "forward/reinforcement-learning",
    "BPTT": "equations/recurrent-networks",
    "backpropagation": "equations/backpropagation",
    "chain rule": "equations/backpropagation",
    "vanishing gradient": "equations/backpropagation",
    "sigmoid": "math/activation-function",
    "ReLU": "equations/activation-functions",
    "gelu": "equations/activation-functions",
    "softmax": "equations/activation-functions",
    "dropout": "equations/regularization",
    "overfitting": "equations/regularization",
    "weight decay": "equations/regularization",
    "adam": "equations/optimizers",
    "momentum": "equations/optimizers",
    "cross-entropy": "equations/loss-functions",
    "KL divergence": "equations/loss-functions",
    "mean squared error": "math/loss",
    "Gauss-Newton": "math/introduction",
    "complex step": "math/gradient-descent",
    "universal approximation": "math/function-approximation",
    "Xavier": "equations/forward-propagation",
    "condition number": "equations/gradient-descent",
    "padding": "equations/convolution",
    "pooling": "equations/convolution",
    "LSTM": "equations/recurrent-networks",
    "self-attention": "equations/attention",
    "layer norm": "equations/transformer",
    "skip connection": "equations/transformer",
    "InfoNCE": "forward/contrastive-loss",
    "DDPM": "forward/diffusion",
    "Bellman equation": "forward/reinforcement-learning",
    "singular values": "equations/linear-transformation",
}
FIRST = """
(query) => {
  const parsed = Search._parseQuery(query);
  const results = Search._performSearch(...parsed);
  return results.length ? results[results.length - 1][0] : "nothing";
}
"""


@pytest.fixture(scope="module")
def search(browser, html):
    tab = browser.new_context(offline=True).new_page()
    tab.goto(f"{html.resolve().as_uri()}/search.html?q=ravine")
    tab.wait_for_function("() => typeof Search !== 'undefined' && Search.hasIndex()")
    yield tab
    tab.close()


@pytest.mark.parametrize("query", QUERIES)
def test_the_first_hit_is_the_page_that_explains_it(search, query):
    assert search.evaluate(FIRST, query) == f"chapters/{QUERIES[query]}"


def test_an_excerpt_is_made_of_sentences(browser, server):
    tab = browser.new_page()
    tab.goto(f"{server}/search.html?q=ravine")
    tab.wait_for_selector("#search-results li .context")
    tab.wait_for_timeout(1000)
    excerpts = tab.locator("#search-results li .context").all_inner_texts()
    assert any("ravine" in excerpt.lower() for excerpt in excerpts)
    assert not [excerpt for excerpt in excerpts if "\\\\" in excerpt or "\\(" in excerpt]
    tab.close()
