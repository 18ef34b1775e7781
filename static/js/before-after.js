// Lets one lay the picture « après » over « avant » and move the cut between them.
// Without this file the two pictures stand side by side: nothing is missing.
for (const compare of document.querySelectorAll(".compare")) {
  const button = document.createElement("button");
  const cut = document.createElement("input");
  const move = () => {
    compare.style.setProperty("--cut", cut.value + "%");
    cut.setAttribute("aria-valuetext", `${100 - cut.value} % de la photo d’après`);
  };

  button.type = "button";
  button.className = "compare__button";
  button.textContent = "Superposer les deux photos";
  Object.assign(cut, { type: "range", className: "compare__cut", max: 100, value: 50, hidden: true });
  cut.setAttribute("aria-label", "Passer d’avant à après");
  cut.addEventListener("input", move);
  button.addEventListener("click", () => {
    const over = compare.classList.toggle("is-over");
    cut.hidden = !over;
    button.textContent = over ? "Remettre côte à côte" : "Superposer les deux photos";
    if (over) cut.focus();
  });
  move();
  compare.append(cut, button);
}
