"""Where the book is published: one setting, the address of its repository, from which everything else follows.

It is ``repository: url`` in ``_config.yml``, or REPOSITORY in the environment (``make book REPOSITORY=https://…``).
From it follow the address of the pages, unless ``html: baseurl`` names another one, the links that open a chapter
elsewhere, the canonical addresses, the sitemap, and what a link to a page shows in other places. While it is not set,
all of these are left out. ``{published}`` and ``{unpublished}`` hold what a page says in either case.
"""

from __future__ import annotations

import html
import os
import posixpath
import re
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import wheels
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

import dlmath

WHEEL = f"wheels/dlmath-{dlmath.__version__}-py3-none-any.whl"
"""The package and the exercises, beside the pages."""
GITHUB = "https://github.com/"
PAGES_BRANCH = "gh-pages"
"""The branch of the repository that holds the published pages, from which Colab opens the downloads."""
LITE = "lite"
"""The folder of JupyterLite in the published pages; it is there after ``make lite``."""
RUN_PAGE = "chapters/appendix/run-this-book"
PICTURE = "_static/preview.png"


class Place(NamedTuple):
    """The addresses of the repository and of the published pages (with a slash at its end); empty if there is none."""

    repository: str
    site: str

    @property
    def wheel(self) -> str:
        return f"{self.site}{WHEEL}" if self.site else ""


def setup(app: Sphinx) -> dict[str, bool]:
    repository = repository_of(app.config.html_theme_options, os.environ)
    place = Place(repository, slashed(app.config.html_baseurl or site_of(repository)))
    lite = Path(app.outdir, LITE, "jupyter-lite.json").exists()
    app.add_config_value("published_at", tuple(place), "env", types=(tuple,))
    app.add_config_value("has_lite", lite, "html", types=(bool,))
    app.add_directive("published", Published)
    app.add_directive("unpublished", Unpublished)
    app.add_role("download-wheel", WheelLink())
    app.connect("html-page-context", describe, priority=400)  # before the tags are made of it
    app.connect("html-page-context", offer_to_run, priority=600)  # after the theme has made its buttons
    app.connect("build-finished", add_wheel)
    if place.site:
        for name, value in settings(place, app.config.html_title).items():
            setattr(app.config, name, value)
        for extension in ("sphinxext.opengraph", "sphinx_sitemap", "notfound.extension"):
            app.setup_extension(extension)
        app.connect("build-finished", draw_picture)
    if place.repository.startswith(GITHUB):
        app.setup_extension("sphinx.ext.githubpages")  # .nojekyll: GitHub leaves out _static and _sources without it
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def settings(place: Place, title: str) -> dict[str, Any]:
    """Of the extensions that need to know where the pages are."""
    return {
        "html_baseurl": place.site,
        "ogp_site_url": place.site,
        "ogp_site_name": title,
        "ogp_image": PICTURE,
        "ogp_image_alt": "The surface that a network with three units learned from forty sensors, drawn as dots.",
        "ogp_enable_meta_description": False,  # it is on every page, published or not
        "sitemap_url_scheme": "{link}",
        "sitemap_excludes": ["search.html", "genindex.html", "py-modindex.html", "_modules/*", "404.html"],
        "notfound_urls_prefix": urlsplit(place.site).path,
        "notfound_context": {
            "title": "There is no such page",
            "body": "<h1>There is no such page</h1><p>The book has none at this address. It may have moved: "
            "the contents are at the side, and the search field looks through all pages.</p>",
        },
    }


def repository_of(theme: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """The address of the repository; what the environment says comes before what the configuration says."""
    address = environment.get("REPOSITORY") or theme.get("repository_url") or ""
    return address.rstrip("/").removesuffix(".git")


def slashed(address: str) -> str:
    return f"{address.rstrip('/')}/" if address else ""


def site_of(repository: str) -> str:
    """Where the pages of a repository are published by default.

    Example:
        >>> site_of("https://github.com/Ada/deep-learning")
        'https://ada.github.io/deep-learning/'
    """
    parts = urlsplit(repository)
    owner, _, name = parts.path.strip("/").partition("/")
    host = {"github.com": "github.io", "gitlab.com": "gitlab.io"}.get(parts.netloc)
    if not (host and owner and name):
        return ""
    own = f"{owner.lower()}.{host}"
    return f"https://{own}/" if name.lower() == own else f"https://{own}/{name}/"


def placed(config: Any) -> Place:
    return Place(*config.published_at)


# Where a chapter can be run


def launches(place: Place, docname: str) -> dict[str, str]:
    """The services that open a chapter, and the address at which each does.

    Example:
        >>> launches(Place("https://github.com/ada/book", ""), "chapters/math/loss")["Binder"]
        'https://mybinder.org/v2/gh/ada/book/HEAD?urlpath=lab/tree/chapters/math/loss.ipynb'
    """
    found = {}
    if place.repository.startswith(GITHUB):
        repository = place.repository.removeprefix(GITHUB)
        file = f"{PAGES_BRANCH}/_sources/{quote(docname)}.ipynb"
        found["Colab"] = f"https://colab.research.google.com/github/{repository}/blob/{file}"
        found["Binder"] = f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath=lab/tree/{quote(docname)}.ipynb"
    elif place.repository:
        repository = quote(place.repository, safe="")
        found["Binder"] = f"https://mybinder.org/v2/git/{repository}/HEAD?urlpath=lab/tree/{quote(docname)}.ipynb"
    return found


def offer_to_run(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """A line under the title of a chapter, and the menu at the head of its page."""
    if app.builder.name != "html" or doctree is None or not app.env.doc2path(page).endswith(".ipynb"):
        return
    if page == app.config.root_doc:
        return
    path_to = context["pathto"]
    found = launches(placed(app.config), page)
    if app.config.has_lite:
        found["JupyterLite"] = (
            path_to(f"{LITE}/lab/index.html", 1) + f"?path={quote(page.removeprefix('chapters/'))}.ipynb"
        )
    links = [f'<a href="{path_to(f"_sources/{page}.ipynb", 1)}" download>download the notebook</a>']
    links += [
        f'<a href="{html.escape(address)}" class="dl-{name.lower()}">{name}</a>' for name, address in found.items()
    ]
    if RUN_PAGE in app.env.found_docs:
        links.insert(0, f'<a href="{path_to(RUN_PAGE)}">ways to run it</a>')
    line = f'<p class="dl-run">Run this chapter: {" · ".join(links)}</p>'
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)
    if found:
        context["header_buttons"].insert(0, menu(found))


def menu(found: dict[str, str]) -> dict[str, Any]:
    """A menu as the theme has them."""
    buttons = [
        {"type": "link", "text": name, "tooltip": f"Open this chapter in {name}", "icon": "fas fa-play", "url": address}
        for name, address in found.items()
    ]
    return {
        "type": "group",
        "tooltip": "Run this chapter elsewhere",
        "icon": "fas fa-rocket",
        "buttons": buttons,
        "label": "launch-buttons",
    }


def add_wheel(app: Sphinx, error: Exception | None) -> None:
    """Publish the package with the pages, so that it can be installed from where they are."""
    if error is None and app.builder.name == "html":
        wheel = Path(app.outdir, WHEEL)
        shutil.rmtree(wheel.parent, ignore_errors=True)  # one of another version
        wheel.parent.mkdir()
        wheels.write(wheel, "dlmath")


class Published(SphinxDirective):
    """What holds while the setting is set. ``[[repository]]``, ``[[site]]``, ``[[wheel]]`` stand for the addresses."""

    has_content = True
    while_published = True

    def run(self) -> list[nodes.Node]:
        place = placed(self.config)
        if bool(place.repository) != self.while_published:
            return []
        text = "\n".join(self.content)
        known = place._asdict() | {"wheel": place.wheel, "name": Path(WHEEL).name}
        known["encoded"] = quote(place.repository, safe="")
        known["folder"] = place.repository.rpartition("/")[2]
        return self.parse_text_to_nodes(re.sub(r"\[\[(\w+)\]\]", lambda match: known[match[1]], text))


class Unpublished(Published):
    """What holds while the setting is not set."""

    while_published = False


class WheelLink(SphinxRole):
    """A link to the package and the exercises, beside the pages."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        address = posixpath.relpath(WHEEL, posixpath.dirname(self.env.docname))
        return [nodes.reference("", self.text, refuri=address, classes=["dl-wheel"])], []


# What a page says of itself elsewhere


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """The description of a page is its first paragraph: in a chapter, what it promises."""
    if doctree is None:
        return
    told = promise(doctree)
    context["meta"] = dict(context["meta"] or {})
    if told:
        context["meta"]["og:description"] = told
        context["metatags"] += f'<meta name="description" content="{html.escape(told)}" />\n'


def promise(doctree: nodes.document) -> str:
    """The first paragraph of a page in words; TeX is no part of them, unless it is a single letter."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document):
            paragraph = paragraph.deepcopy()
            for formula in list(paragraph.findall(nodes.math)):
                formula.parent.replace(formula, nodes.Text(readable(formula.astext())))
            return " ".join(paragraph.astext().split())
    return ""


def readable(formula: str) -> str:
    r"""A formula without the marks of TeX.

    Example:
        >>> readable(r"N \times n_\text{out}")
        'N × n_out'
    """
    for tex, sign in {r"\times": "×", r"\le": "≤", r"\ge": "≥", r"\approx": "≈", r"\to": "→", r"\cdot": "·"}.items():
        formula = re.sub(re.escape(tex) + r"(?![A-Za-z])", sign, formula)
    return re.sub(r"\\[A-Za-z]+|[{}$\\]", "", formula)


def draw_picture(app: Sphinx, error: Exception | None) -> None:
    """The picture that is shown where a page of the book is linked to: what a network with three units has learned."""
    if error is not None or app.builder.name != "html":
        return
    import matplotlib.pyplot as plt
    import numpy as np

    from dlmath import datasets, network, optimizers, plotting

    sizes, kinds = [2, 3, 1], ["sigmoid", "identity"]
    locations, heights = datasets.sensors(40, np.random.default_rng(3))
    theta, state = network.initialize(sizes, np.random.default_rng(7)), None
    for _ in range(3000):
        _, gradient = network.loss_and_gradient(theta, sizes, locations, heights, kinds)
        theta, state = optimizers.adam_step(theta, gradient, state, learning_rate=0.03)
    surface = network.predict(datasets.square_grid(36), network.unpack(theta, sizes), kinds).reshape(36, 36)
    with plt.rc_context(plotting.STYLE):
        figure, axes = plt.subplots(figsize=(12, 6.3), dpi=100)
        limits: dict[str, Any] = {"vmin": -2.3, "vmax": 2.3, "cmap": "cividis"}
        axes.imshow(surface, extent=(-np.pi, np.pi, -np.pi, np.pi), origin="lower", interpolation="bicubic", **limits)
        x, y = locations.T
        axes.scatter(x, y, c=heights[:, 0], s=90, edgecolors="white", linewidths=1, **limits)
        axes.set_axis_off()
        axes.set_position((0.54, 0.08, 0.44, 0.84))
        title = "\n".join(textwrap.wrap(app.config.html_title, 17))
        figure.text(0.06, 0.5, title, size=42, va="center")
        figure.savefig(Path(app.outdir, PICTURE), facecolor="white", metadata={"Software": None})
        plt.close(figure)
