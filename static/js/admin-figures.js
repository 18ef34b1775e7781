// The keyboard of a spreadsheet on the screen of figures: Enter goes down, a column is pasted; what is
// typed is kept by itself, and what follows from it is said at once. Without it the screen is a form.
(() => {
  const DELAY = 600;
  const form = document.querySelector(".figures-entry__form");
  const boxes = [...form.querySelectorAll(".figures-entry__number")];
  const said = (id) => document.getElementById(id);

  // --- Keeping, and saying what follows ----------------------------------------------------------

  let timer = 0;
  let sending = null;
  let isKept = true;

  const list = (id, style, sentences) => {
    const items = sentences.map((sentence) => {
      const item = document.createElement("li");
      item.className = style;
      item.textContent = sentence;
      return item;
    });
    said(id).replaceChildren(...items);
  };

  const show = (answer) => {
    for (const box of boxes) {
      const key = box.id.slice(2);
      const error = answer.errors[key] || "";
      said(`e-${key}`).textContent = error;
      said(`e-${key}`).hidden = !error;
      box.toggleAttribute("aria-invalid", Boolean(error));
      if (error) box.setAttribute("aria-invalid", "true");
      if (said(`s-${key}`)) said(`s-${key}`).textContent = answer.sums[key] || "";
    }
    for (const [code, text] of Object.entries(answer.computed)) said(`d-${code}`).textContent = text;
    list("impossible", "error-message", answer.impossible);
    list("questions", "help-block help-warning", answer.questions);
    said("kept").textContent = answer.touched ? `Gardé à ${answer.at}, pas encore enregistré.` : "";
  };

  // The session is over. Once the person has signed in elsewhere, this form takes the new token of
  // the page, and what is typed is kept again.
  const signInAgain = async () => {
    said("kept").textContent =
      "Vous êtes déconnecté. N’enregistrez pas : reconnectez-vous dans une autre fenêtre, puis revenez ici.";
    const page = await fetch(window.location.href);
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = fresh.querySelector(".figures-entry__form [name=csrfmiddlewaretoken]");
    if (token) form.querySelector("[name=csrfmiddlewaretoken]").value = token.value;
    timer = setTimeout(keep, token ? DELAY : 10 * DELAY);
  };

  const keep = async () => {
    clearTimeout(timer);
    if (sending) sending.abort();
    sending = new AbortController();
    const { signal } = sending;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), signal });
      if (answer.redirected || answer.status === 403) {
        await signInAgain();
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (signal.aborted) return;
      isKept = true;
      show(found);
    } catch (error) {
      if (error.name === "AbortError") return;
      said("kept").textContent = "Le site ne répond pas : laissez cette fenêtre ouverte, un nouvel essai suit.";
      timer = setTimeout(keep, 10 * DELAY);
    }
  };

  const changed = () => {
    isKept = false;
    clearTimeout(timer);
    timer = setTimeout(keep, DELAY);
  };

  form.addEventListener("input", changed);
  // « Abandonner » too: nothing must be sent after it.
  document.addEventListener("submit", () => {
    clearTimeout(timer);
    if (sending) sending.abort();
    isKept = true;
  });
  window.addEventListener("pagehide", () => {
    if (!isKept) navigator.sendBeacon(form.dataset.draft, new FormData(form));
  });

  // --- The keyboard ------------------------------------------------------------------------------

  const from = (box, step) => boxes[boxes.indexOf(box) + step];

  const paste = (event) => {
    const lines = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "").split("\n");
    if (lines.length < 2) return;
    event.preventDefault();
    lines.forEach((line, rank) => {
      const box = from(event.target, rank);
      const text = line.split("\t")[0].trim();
      if (box && text) box.value = text;
    });
    (from(event.target, lines.length - 1) || boxes.at(-1)).focus();
    changed();
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

  // A browser takes a box that is under the bar at the bottom for one that is seen; this does not.
  form.addEventListener("focusin", ({ target }) => {
    if (target.matches(".figures-entry__sheet input")) target.scrollIntoView({ block: "nearest", behavior: "instant" });
  });

  // Enter in a note goes down too: it does not send everything.
  const notes = [...form.querySelectorAll(".figures-entry__note input[maxlength]")];
  notes.forEach((note, rank) => {
    note.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (notes[rank + 1]) notes[rank + 1].focus();
    });
  });

  for (const box of boxes) {
    box.addEventListener("paste", paste);
    box.addEventListener("keydown", move);
  }
})();
