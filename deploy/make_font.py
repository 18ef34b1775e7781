"""Make the site's one web font: Atkinson Hyperlegible Next, French, weights 400 to 700.

Run it only to change the subset; its result is committed in static/fonts/. It needs tools the
site itself does not (throw-away environment, never the project's):

    npm pack @fontsource-variable/atkinson-hyperlegible-next && tar xf *.tgz
    python3 -m venv /tmp/font && /tmp/font/bin/pip install fonttools brotli
    /tmp/font/bin/python deploy/make_font.py package/files/*-latin-wght-normal.woff2 static/fonts

It prints the metrics that static/css/tokens.css repeats in its fallback @font-face rules, so that
nothing moves on the page when the font arrives.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

OUTPUT_NAME = "atkinson-hyperlegible-next-fr.woff2"
WEIGHTS = (400, 700)
# OpenType's numbers for an extension lookup and for a value that is an advance only.
EXTENSION, X_ADVANCE = 9, 4

ASCII = "".join(map(chr, range(0x20, 0x7F)))
FRENCH_LETTERS = "àâäçéèêëîïôöùûüÿæœÀÂÄÇÉÈÊËÎÏÔÖÙÛÜÆŒñÑáíóúÁÍÓÚ"
PUNCTUATION = "\u00a0«»‘’“”–—…·•°º©×−§²€"
# Signs that no text of the site needs: the fallback font draws them if one ever comes.
UNUSED = "\\^`{}"
SUBSET = "".join(sorted({*ASCII, *FRENCH_LETTERS, *PUNCTUATION} - {*UNUSED}))
# The file and the headers of its answer fit in the first 14.6 kB that a server may send at once:
# on a slow phone one more round trip is a sixth of a second.
MOST_BYTES = 13_700
# Kerning of less than this many thousandths of an em is not seen.
LEAST_KERNING = 10

# The letters of a French text in their usual proportions: the mean advance width decides the
# size-adjust of the fallback fonts.
SAMPLE = (
    "Nous avons cherché à employer des personnes qui habitent ces quartiers, qui ont participé à "
    "l’amélioration du cadre de vie par des services de proximité, tout en bénéficiant d’un "
    "accompagnement pour ensuite entrer en formation, ou trouver un emploi."
)
# Mean width of SAMPLE in Arial (and Liberation Sans, Arimo: same metrics), in em.
ARIAL_WIDTHS = {
    " ": 278, ",": 278, ".": 278, "’": 222, "N": 722, "a": 556, "b": 556, "c": 500, "d": 556,
    "e": 556, "f": 278, "g": 556, "h": 556, "i": 222, "j": 222, "l": 222, "m": 833, "n": 556,
    "o": 556, "p": 556, "q": 556, "r": 333, "s": 500, "t": 278, "u": 556, "v": 500, "x": 500,
    "y": 500, "z": 500, "à": 556, "é": 556,
}  # fmt: skip


def make_font(source: Path, folder: Path) -> Path:
    """Write the limited, subset font into `folder` and return its path."""
    limited = BytesIO()
    instantiateVariableFont(TTFont(source), {"wght": WEIGHTS}).save(limited)
    font = TTFont(limited)  # read again: the subsetter wants every table compiled
    options = subset.Options(
        layout_features=["kern", "mark", "ccmp", "locl", "tnum", "liga"],
        hinting=False,
        desubroutinize=True,
        name_IDs=[0, 1, 2, 4, 6, 14],
        flavor="woff2",
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=SUBSET)
    subsetter.subset(font)
    simplify_kerning(font)
    path = folder / OUTPUT_NAME
    font.flavor = "woff2"
    font.save(path)
    return path


def simplify_kerning(font: TTFont) -> None:
    """Keep the kerning of the regular weight for all weights, and only what is seen of it."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for wrapped in lookup.SubTable:
            pairs = wrapped.ExtSubTable if wrapped.LookupType == EXTENSION else wrapped
            for value in kerning_values(pairs):
                vars(value).pop("XAdvDevice", None)
                if abs(value.XAdvance) < LEAST_KERNING:
                    value.XAdvance = 0
            pairs.ValueFormat1 = X_ADVANCE
    font["GDEF"].table.VarStore = None
    font["GDEF"].table.Version = 0x00010000


def kerning_values(pairs: Any) -> Iterator[Any]:
    """The adjustments of a table of pairs, by glyph (format 1) or by class of glyphs (format 2)."""
    if pairs.Format == 1:
        for second in pairs.PairSet:
            yield from (record.Value1 for record in second.PairValueRecord)
    else:
        for first in pairs.Class1Record:
            yield from (record.Value1 for record in first.Class2Record if record.Value1)


def describe(path: Path) -> None:
    """Print the weight of the file and the metrics of its fallback."""
    font = TTFont(path)
    units = font["head"].unitsPerEm
    glyphs, widths = font.getBestCmap(), font["hmtx"]
    own = sum(widths[glyphs[ord(letter)]][0] for letter in SAMPLE) / units
    arial = sum(ARIAL_WIDTHS[letter] for letter in SAMPLE) / 1000
    adjust = own / arial
    ascent, descent = font["hhea"].ascent / units, -font["hhea"].descent / units
    missing = [f"U+{ord(c):04X}" for c in sorted(set(SUBSET)) if ord(c) not in glyphs]
    weight = path.stat().st_size
    assert weight <= MOST_BYTES, f"{weight} bytes do not travel in one round trip"
    print(f"{path}: {weight} bytes, {len(glyphs)} characters; missing: {missing}")
    print(f"ascent {ascent:.4f} descent {descent:.4f} line gap {font['hhea'].lineGap / units:.4f}")
    print(
        f"Arial fallback: size-adjust {adjust:.2%}; ascent-override {ascent / adjust:.2%}; "
        f"descent-override {descent / adjust:.2%}; line-gap-override 0%"
    )


if __name__ == "__main__":
    describe(make_font(Path(sys.argv[1]), Path(sys.argv[2])))
