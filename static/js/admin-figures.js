// The keyboard of a spreadsheet on the screen of figures: Enter goes down, a column is pasted.
// Without it the screen is a form like another.
(() => {
  const boxes = [...document.querySelectorAll(".figures-entry__number")];

  const from = (box, step) => boxes[boxes.indexOf(box) + step];

  const paste = (event) => {
    const lines = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "").split("\n");
    if (lines.length < 2) return;
    event.preventDefault();
    lines.forEach((line, rank) => {
      const box = from(event.target, rank);
      if (box) box.value = line.split("\t")[0].trim();
    });
    (from(event.target, lines.length - 1) || boxes.at(-1)).focus();
  };

  const move = (event) => {
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = from(event.target, step);
    if (next) {
      next.focus();
      next.select();
    }
  };

  for (const box of boxes) {
    box.addEventListener("paste", paste);
    box.addEventListener("keydown", move);
  }
})();
