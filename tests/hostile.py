"""What people, robots and attackers write where a word is expected."""

HOSTILE = [
    '"', '""', '"un', "*", "mot*", "'", "l'", "%", "%s %(a)s", "\\", "\x00", "a\x00b", " ", "\t\n",
    "-", "- -", "(", "NEAR(a b)", "AND", "OR NOT", "title:x", "{body}: x", "^x", "a:*", "!a & |",
    "les des de la", "___", "é" * 10_000, "x " * 5_000, "\u202e\u200b\ufeff", "\ud800", "😀",
    "ﷺ", "①②", "ǅ", "İstanbul", "ß", "\u0301", "e\u0301te", "' OR 1=1 --", "<script>", "٣", "Ⅻ",
    "\U0001f1eb\U0001f1f7", "한국어", "ﬁ", "\u00ad", "aujourd'hui", "qu'est-ce", "1" * 5_000,
]  # fmt: skip
