"""Draw the pictures that cannot be SVG, from the site's own drawings: share image, icons.

Run it after a change of the landscape, the wordmark or the favicon (development environment):

    .venv/bin/python deploy/make_images.py

They are committed in static/img/.
"""

import re
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "static" / "img"
FONT = ROOT / "static" / "fonts" / "atkinson-hyperlegible-next-fr.woff2"
SHARE_SIZE = (1200, 630)
# Square icons: iOS, then those of static/site.webmanifest.
ICONS = {"apple-touch-icon.png": 180, "icone-192.png": 192, "icone-512.png": 512}
COLOURS = 64  # flat drawings: a palette is enough, and four times lighter


def component(name: str) -> str:
    """The markup of a component, without its template tags."""
    text = (ROOT / "templates" / "components" / f"{name}.html").read_text()
    return re.sub(
        r"\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S
    )


def share_html() -> str:
    """The name, and the landscape across the whole width."""
    css = "".join(
        (ROOT / "static" / "css" / f"{n}.css").read_text() for n in ("tokens", "components")
    )
    wordmark = re.search(r"<svg.*?</svg>", component("wordmark"), re.S)
    assert wordmark
    return f"""<!doctype html><meta charset="utf-8"><style>{css}
      @font-face {{ font-family: Atkinson; src: url("{FONT.as_uri()}"); font-weight: 400 700; }}
      * {{ margin: 0; }}
      body {{ width: 1200px; height: 630px; display: flex; flex-direction: column;
        justify-content: space-between; background: var(--craie); color: var(--encre);
        font-family: Atkinson; overflow: hidden; --stroke: 5px; }}
      header {{ padding: 70px 80px 0; }}
      .wordmark__name {{ font-size: 132px; --stroke: 9px; }}
      p {{ margin-top: 28px; font-size: 44px; }}
      .landscape {{ width: 1200px; height: 250px; margin-bottom: 56px; overflow: visible; }}
    </style><header><div class="wordmark__name">Impulsion{wordmark[0]}</div>
    <p>Régie de quartier Hénin-Carvin</p></header>{component("landscape")}"""


def draw(page: Page, html: str, size: tuple[int, int], name: str) -> None:
    """Render HTML at an exact size into static/img/."""
    source = ROOT / "static" / "img" / ".drawing.html"
    source.write_text(html)
    try:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(source.as_uri())
        page.evaluate("document.fonts.ready")
        page.screenshot(path=IMAGES / name)
    finally:
        source.unlink()
    with Image.open(IMAGES / name) as picture:
        flat = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(IMAGES / name, optimize=True)


def main() -> None:
    """Draw every picture."""
    icon = (IMAGES / "favicon.svg").read_text().replace('rx="12"', "")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        draw(page, share_html(), SHARE_SIZE, "partage.png")
        for name, side in ICONS.items():
            # The sign keeps clear of the edges, which systems round as they like.
            style = (
                "<style>body{margin:0;background:#a5361b}"
                f"svg{{display:block;width:{side * 0.7}px;margin:{side * 0.18}px auto}}</style>"
            )
            draw(page, style + icon, (side, side), name)
        browser.close()
    for picture in sorted(IMAGES.glob("*.png")):
        print(f"{picture.name}: {picture.stat().st_size} bytes")


if __name__ == "__main__":
    main()
