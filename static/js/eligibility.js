// Turns the list of situations into a self-check. Nothing is asked, kept nor sent: the boxes have no
// name, stand in no form, and are empty again whenever the page is shown anew.
"use strict";

(() => {
  const result = document.querySelector(".check__result");
  const printing = document.querySelector(".check__print");
  const phrases = document.querySelector(".check template").content;
  const lists = [...document.querySelectorAll(".criteria")];

  // The label of each situation becomes that of a box; what explains it stays beside.
  for (const words of document.querySelectorAll(".criteria__label")) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.autocomplete = "off";
    const label = document.createElement("label");
    label.className = words.className;
    label.append(box, ...words.childNodes);
    words.replaceWith(label);
  }

  const ticked = (list) => list.querySelectorAll(":checked").length;

  function explain() {
    const total = lists.reduce((sum, list) => sum + ticked(list), 0);
    const enough = lists.some((list) => ticked(list) >= Number(list.dataset.needed));
    const when = enough ? "enough" : total ? "short" : "start";
    const counted = total > 1 ? `Vous avez coché ${total} situations. ` : "Vous avez coché 1 situation. ";
    const words = phrases.querySelector(`[data-when="${when}"]`).textContent;
    result.querySelector("output").textContent = (total ? counted : "") + words;
  }

  // A browser that comes back to the page may show it as it was left, to somebody else.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const box of document.querySelectorAll(".criteria input")) box.checked = false;
    explain();
  });
  document.addEventListener("change", explain);
  printing.querySelector("button").addEventListener("click", () => print());
  result.hidden = printing.hidden = false;
  explain();
})();
