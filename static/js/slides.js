// The slides of a report by keyboard, by a presenter's remote (which sends Page Up and Page Down) or
// by touch. Without this file one scrolls from slide to slide: nothing is missing.
const slides = [...document.querySelectorAll(".slide")];
const status = document.querySelector("[role=status]");
const help = document.querySelector(".deck-help");
const isWall = matchMedia("(width >= 60rem) and (orientation: landscape)");
let current = 0;
let typed = "";
let settled = 0;

const place = () => slides.findIndex((slide) => `#${slide.id}` === location.hash);
const align = () => slides[current].scrollIntoView({ behavior: "instant" });

// The address keeps the place: a page that is loaded again opens where it was.
const note = (index) => {
  current = index;
  history.replaceState(null, "", `#${slides[current].id}`);
  status.textContent = `Diapositive ${current + 1} sur ${slides.length}`;
};

// The slide that has the focus says its own title.
const show = (index) => {
  note(Math.min(Math.max(index, 0), slides.length - 1));
  align();
  slides[current].focus({ preventScroll: true });
};

const actions = {
  next: () => show(current + 1),
  previous: () => show(current - 1),
  first: () => show(0),
  last: () => show(slides.length - 1),
  help: () => help.showModal(),
  fullscreen: () =>
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen(),
  night: () => document.documentElement.classList.toggle("deck--night"),
};

const keys = {
  ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", Enter: "next",
  ArrowLeft: "previous", ArrowUp: "previous", PageUp: "previous", Backspace: "previous",
  Home: "first", End: "last", f: "fullscreen", n: "night", "?": "help",
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || help.open) return;
  const { key } = event;
  const isOnControl = event.target.closest("a, button");
  // A single letter acts only while a slide has the focus: somebody who dictates says many.
  if (isOnControl && (key.length === 1 || key === "Enter" || key === "Backspace")) return;
  if (/^\d$/.test(key)) {
    typed = (typed + key).slice(-3);
    return;
  }
  const action = event.shiftKey && key === " " ? "previous" : keys[key];
  if (!action) return;
  event.preventDefault();
  if (key === "Enter" && typed) show(typed - 1);
  else actions[action]();
  typed = "";
});

document.addEventListener("scroll", () => {
  clearTimeout(settled);
  settled = setTimeout(() => {
    const middle = innerHeight / 2;
    const seen = slides.findIndex((slide) => slide.getBoundingClientRect().bottom > middle);
    if (seen >= 0 && seen !== current) note(seen);
  }, 150);
});

addEventListener("hashchange", () => place() >= 0 && show(place()));
addEventListener("resize", () => isWall.matches && align());

for (const button of document.querySelectorAll(".deck-bar button")) {
  button.hidden = button.dataset.do === "fullscreen" && !document.fullscreenEnabled;
  button.addEventListener("click", actions[button.dataset.do]);
}
show(place());
