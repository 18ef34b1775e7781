"""The pictures of every kind of page: taken for the documentation, then compared with.

Started by `make pictures` and `make visual` (deploy/visual.py), which serve the site to be drawn.
One set serves both: docs/images/pages/, with the version of the browser that drew it.
"""

from __future__ import annotations

import importlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

from deploy.console import ROOT, Failure, main, say

PICTURES = ROOT / "docs" / "images" / "pages"
BROWSER_RECORD = PICTURES / "navigateur.txt"
DIFFERENCES = ROOT / "var" / "visual"
# What a page answers about itself, and its dates set still: shared with the browser tests.
QUESTIONS = ROOT / "tests" / "browser" / "look.js"
SCHEMES = ("light", "dark")
SIZES = {360: 740, 1280: 800}
COLOURS = 96
# The tables of a report go on for screens, all alike, and WebP holds no more than 16,383 pixels.
MOST_HEIGHT = 3_000
# Of all the pictures of the documentation.
MOST_BYTES = 8_000_000
# A pixel has changed when a channel moved by more; a page when more of its pixels did.
SAME_CHANNEL = 12
MOST_CHANGED = 0.001


def draw(site: str) -> Iterator[tuple[str, Image.Image]]:
    """Every kind of page in both schemes and both widths, by the name of its file."""
    kinds = page_kinds()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme in SCHEMES:
            for width, height in SIZES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if scheme == "dark" else "light",
                    reduced_motion="reduce",
                    locale="fr-FR",
                )
                context.add_init_script(QUESTIONS.read_text())
                page = context.new_page()
                for name, address in kinds.items():
                    page.goto(f"{site}{address}", wait_until="load")
                    page.evaluate("look.settle()")
                    page.evaluate("look.freeze()")
                    whole = Image.open(io.BytesIO(page.screenshot(full_page=True)))
                    picture = whole.crop((0, 0, width, min(whole.height, MOST_HEIGHT)))
                    yield f"{name}-{width}-{scheme}.webp", lighter(picture)
                context.close()
        browser.close()


def lighter(picture: Image.Image) -> Image.Image:
    """The same picture in few colours: flat drawings and text lose nothing that one can see."""
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    return few.convert("RGB")


def page_kinds() -> dict[str, str]:
    """One address per kind of page, the same as the browser tests look at."""
    tests = importlib.import_module("tests.browser.test_pages")
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command"]
    done = subprocess.run(
        [*command, tests.PAGES_BY_TYPE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    chosen = json.loads(done.stdout.strip().splitlines()[-1])["chosen"]
    others = {name: address for name, (address, _status) in tests.OTHER_ADDRESSES.items()}
    return {file_name(name): address for name, address in (chosen | others).items()}


def file_name(kind: str) -> str:
    """« LegalPage mentions » as the name of a file: « legal-mentions »."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.replace("Page", "")).lower().split()
    return "-".join(words).replace("é", "e").replace("è", "e")


def browser_version() -> str:
    """What Chromium says of itself: « Chromium 156.0… »."""
    command = [shutil.which("chromium") or "chromium", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split()[:2])


def take(site: str) -> int:
    """Write the pictures anew. Raises Failure when together they weigh too much."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    for name, picture in draw(site):
        picture.save(PICTURES / name, lossless=True, method=4)
    BROWSER_RECORD.write_text(f"{browser_version()}\n")
    weight = sum(path.stat().st_size for path in PICTURES.parent.rglob("*.*"))
    say(f"{len(list(PICTURES.glob('*.webp')))} images, {weight / 1_000_000:.1f} Mo")
    if weight > MOST_BYTES:
        raise Failure(f"{weight} octets d’images, au plus {MOST_BYTES}.")
    return 0


def compare(site: str) -> int:
    """Say which pages have changed, and show where in var/visual/. Raises Failure if any has."""
    if not BROWSER_RECORD.exists():
        raise Failure("il n’y a pas encore d’images\u00a0: faites « make pictures ».")
    shutil.rmtree(DIFFERENCES, ignore_errors=True)
    DIFFERENCES.mkdir(parents=True)
    known = {path.name for path in PICTURES.glob("*.webp")}
    changed = []
    for name, picture in draw(site):
        if name not in known:
            changed.append(f"{name}\u00a0: nouvelle")
            continue
        known.discard(name)
        fault = difference(Image.open(PICTURES / name).convert("RGB"), picture)
        if fault:
            changed.append(f"{name}\u00a0: {fault}")
            picture.save(DIFFERENCES / name, lossless=True, method=0)
    changed += [f"{name}\u00a0: n’existe plus" for name in sorted(known)]
    if not changed:
        say("Aucune page n’a changé d’aspect.")
        return 0
    recorded, present = BROWSER_RECORD.read_text().strip(), browser_version()
    if recorded != present:
        say(f"Les images sont de {recorded}, cette machine a {present}\u00a0: cela peut suffire.")
    raise Failure(
        f"{len(changed)} images ont changé (les nouvelles sont dans var/visual/)\u00a0:\n  "
        + "\n  ".join(changed)
        + "\nSi c’est voulu\u00a0: « make pictures »."
    )


def difference(before: Image.Image, after: Image.Image) -> str:
    """What has changed between two pictures; nothing when they look the same."""
    if before.size != after.size:
        return f"{before.width} × {before.height} px devient {after.width} × {after.height} px"
    channels = ImageChops.difference(before, after).split()
    strongest = ImageChops.lighter(ImageChops.lighter(*channels[:2]), channels[2])
    moved = sum(strongest.histogram()[SAME_CHANNEL + 1 :]) / (before.width * before.height)
    return f"{100 * moved:.2f}\u00a0% des points".replace(".", ",") if moved > MOST_CHANGED else ""


def start() -> int:
    """`python -m deploy.make_pictures ADDRESS [take]`."""
    return take(sys.argv[1]) if sys.argv[2:] == ["take"] else compare(sys.argv[1])


if __name__ == "__main__":
    main(start)
