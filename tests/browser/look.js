// What a page shows, asked of the browser itself. Each question answers with a list of faults.

// What the page itself does while it loads: written down before its first line is read.
window.shifts = [];
new PerformanceObserver(list => { for (const shift of list.getEntries())
  if (!shift.hadRecentInput) window.shifts.push(shift.value + " " + (shift.sources || []).map(
    s => s.node && (s.node.outerHTML || s.node.textContent).slice(0, 80)).join(" | "));
}).observe({type: "layout-shift", buffered: true});

window.look = {
  name: e => (e.outerHTML || e.textContent).replace(/\s+/g, " ").slice(0, 110),
  shown: e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1
    && !e.closest(".visually-hidden, .skip:not(:focus)"),
  rgb: colour => { const c = look.canvas; c.clearRect(0, 0, 1, 1); c.fillStyle = "#000";
    c.fillStyle = colour; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; },
  canvas: new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true}),
  light: ([r, g, b]) => { const f = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); },
  contrast: (a, b) => { const [x, y] = [look.light(a), look.light(b)].sort((p, q) => q - p);
    return (x + .05) / (y + .05); },
  ground: e => { for (; e; e = e.parentElement) {
      const c = look.rgb(getComputedStyle(e).backgroundColor); if (c[3] > 200) return c; }
    return look.rgb("Canvas"); },
  sheet: css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; },
};

// The page with its font and, once scrolled through, its pictures.
look.settle = async () => {
  await document.fonts.ready;
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await new Promise(requestAnimationFrame);
  }
  await Promise.all([...document.images].map(i => i.decode().catch(() => 0)));
  scrollTo(0, 0);
};

// Words that are cut, off the screen, or one over the other.
look.lost = () => {
  const faults = [], root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`${root.scrollWidth - root.clientWidth} px too wide`);
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), lines = [];
  for (let node; node = words.nextNode();) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest("script, svg") || !look.shown(parent)) continue;
    const range = document.createRange(); range.selectNodeContents(node);
    const scrolls = parent.closest(".table-scroll");
    for (const box of range.getClientRects()) {
      if (box.width < 2) continue;
      if (!scrolls && (box.left < -1 || box.right > root.clientWidth + 1))
        faults.push("off the screen: " + look.name(parent));
      // What is seen of a line is about half of its box.
      const seen = {left: box.left + 1, right: box.right - 1, parent,
        top: box.top + box.height * .28, bottom: box.bottom - box.height * .28};
      for (const other of lines) if (other.parent !== parent && seen.left < other.right
          && other.left < seen.right && seen.top < other.bottom && other.top < seen.bottom)
        faults.push("over one another: " + look.name(parent) + " AND " + look.name(other.parent));
      lines.push(seen);
    }
  }
  for (const e of document.querySelectorAll("body *")) {
    const style = getComputedStyle(e);
    if (e.closest("svg, .table-scroll, .visually-hidden, .skip") || !look.shown(e)) continue;
    if (/hidden|clip/.test(style.overflowX + style.overflowY) && (e.scrollWidth > e.clientWidth + 1
        || e.scrollHeight > e.clientHeight + 1)) faults.push("cut: " + look.name(e));
  }
  return [...new Set(faults)].slice(0, 5);
};

// Each control in turn, as the keyboard would reach it: its ring, and that nothing covers it.
look.focus = () => {
  const faults = [];
  for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (!look.shown(e) && !e.matches(".skip")) continue;
    e.focus();
    if (document.activeElement !== e) { faults.push("not reached: " + look.name(e)); continue; }
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    const ring = look.rgb(style.outlineColor), width = parseFloat(style.outlineWidth);
    if (style.outlineStyle === "none" || width < 2) faults.push("no ring: " + look.name(e));
    else if (look.contrast(ring, look.ground(e.parentElement)) < 3)
      faults.push("ring too pale: " + look.name(e));
    if (box.bottom < 1 || box.top > innerHeight - 1) faults.push("out of sight: " + look.name(e));
    const spots = [...e.getClientRects()].map(r => [r.left + r.width / 2, r.top + r.height / 2])
      .filter(([x, y]) => y > 0 && y < innerHeight);
    if (spots.length && !spots.some(([x, y]) => { const top = document.elementFromPoint(x, y);
        return top && (e.contains(top) || top.contains(e)); }))
      faults.push("covered: " + look.name(e));
  }
  return faults.slice(0, 5);
};

look.forced = () => {
  const faults = [];
  for (const e of document.querySelectorAll("button, input:not([type=checkbox], [type=radio]), .button")) {
    if (!look.shown(e)) continue;
    const style = getComputedStyle(e);
    if (style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) < 1
        || look.contrast(look.rgb(style.borderTopColor), look.ground(e.parentElement)) < 3)
      faults.push("no edge: " + look.name(e));
  }
  for (const e of document.querySelectorAll("svg path")) {
    const style = getComputedStyle(e), svg = e.closest("svg"), drawn = [];
    if (!look.shown(svg) || svg.closest(".skyline")) continue;
    if (style.stroke !== "none") drawn.push(look.rgb(style.stroke));
    if (style.fill !== "none") drawn.push(look.rgb(style.fill));
    if (drawn.length && !drawn.some(c => look.contrast(c, look.ground(svg)) >= 3))
      faults.push("lost drawing: " + look.name(e) + " in " + look.name(svg));
  }
  return faults.slice(0, 5);
};

// Words less contrasted than the strictest rule wants (WCAG 1.4.6), which lets large letters be paler.
look.pale = () => {
  const faults = [], words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = words.nextNode();) {
    const e = node.parentElement, style = getComputedStyle(e), size = parseFloat(style.fontSize);
    if (!node.data.trim() || e.closest("script, svg") || !look.shown(e)) continue;
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (look.contrast(look.rgb(style.color), look.ground(e)) < (large ? 4.5 : 7)) faults.push(look.name(e));
  }
  return faults.slice(0, 5);
};

look.smallestLetters = () => Math.min(...[...document.querySelectorAll("p, li, a, dt, dd, h1, label")]
  .filter(look.shown).map(e => parseFloat(getComputedStyle(e).fontSize)));

look.moving = () => [...document.querySelectorAll("*")].filter(e => {
    const s = getComputedStyle(e), long = t => t.split(",").some(d => parseFloat(d) > 0);
    return (s.animationName !== "none" && long(s.animationDuration)) || long(s.transitionDuration);
  }).map(look.name).slice(0, 5);

// A link inside a sentence that only its colour shows; a current page that the menu does not tell.
look.colourAlone = () => {
  const faults = [];
  for (const e of document.querySelectorAll("main p a, main dd a, footer p a")) {
    const around = e.closest("p, dd").innerText.trim();
    if (look.shown(e) && around !== e.innerText.trim()
        && !getComputedStyle(e).textDecorationLine.includes("underline"))
      faults.push("link known by its colour: " + look.name(e));
  }
  for (const nav of document.querySelectorAll("nav")) {
    const cues = e => { const s = getComputedStyle(e), mark = getComputedStyle(e, "::after");
      return [s.textDecorationLine, s.fontWeight, mark.content !== "none" && mark.height].join(); };
    const links = [...nav.querySelectorAll("a")].filter(look.shown);
    const other = links.find(e => !e.hasAttribute("aria-current"));
    for (const e of links) if (other && e.hasAttribute("aria-current") && cues(e) === cues(other)
        && getComputedStyle(e).color !== getComputedStyle(other).color)
      faults.push("current page known by its colour: " + look.name(e));
  }
  const here = [...document.querySelectorAll("header nav a, footer nav a")].filter(
    e => e.pathname === location.pathname && !location.search);
  for (const e of here) if (!e.hasAttribute("aria-current")) faults.push("not told as current: " + look.name(e));
  return faults.slice(0, 5);
};

look.unnamedPictures = () => [...document.querySelectorAll("img, svg")].filter(e =>
    e.matches("img") ? !e.hasAttribute("alt")
      || (!e.alt && e.closest("a, button") && !e.closest("a, button").innerText.trim())
    : !e.closest("[aria-hidden=true]") && !(e.getAttribute("role") === "img"
      && (e.querySelector("title") || e.hasAttribute("aria-label")))
  ).map(look.name);

// Scripts that are not files of the site loaded once the page is there: nothing may wait for one.
look.scripts = () => [...document.querySelectorAll("script:not([type='application/ld+json'])")].filter(
    e => !(new URL(e.src || "data:", location).pathname.startsWith("/static/js/") && e.defer)).map(look.name)
  .concat([...document.querySelectorAll("*")].filter(e => [...e.attributes].some(
    a => a.name.startsWith("on"))).map(look.name));

// The letters alone: columns and blocks become spaces or lines, or not, with the style sheet.
look.letters = () => ["main", "footer"].map(
  name => document.querySelector("body > " + name).innerText.replace(/\s+/g, "")).join("");

look.dropStyle = () => { document.querySelectorAll("link[rel=stylesheet]").forEach(e => e.disabled = true);
  return document.styleSheets.length === [...document.styleSheets].filter(s => s.disabled).length; };

look.unstyledOrder = () => { const tops = ["body > .skip", "header", "main h1", "footer"].map(
    name => document.querySelector(name).getBoundingClientRect().top);
  return tops.every((top, i) => !i || top >= tops[i - 1]) ? [] : [tops]; };

look.onPaper = () => {
  const faults = [], shown = name => [...document.querySelectorAll(name)].some(look.shown);
  // What somebody wrote to the association is kept on paper as it was written.
  for (const name of ["header nav", "footer nav", "form:not(.asking__main)", ".breadcrumb", ".pagination", ".toc", "button"])
    if (shown(name)) faults.push("printed: " + name);
  for (const name of ["h1", ".wordmark"]) if (!shown(name)) faults.push("not printed: " + name);
  const canonical = document.querySelector("link[rel=canonical]");
  if (canonical && ![...document.querySelectorAll(".print-only")].some(
      e => look.shown(e) && e.textContent.includes(canonical.href))) faults.push("no address");
  return faults;
};

// Dates move with the calendar: every one takes the room of the same day, every list of events
// the same three lines. Nothing else of the content depends on the day.
look.freeze = () => {
  for (const e of document.querySelectorAll("time")) {
    const parts = [...e.querySelectorAll("span, b")], day = ["mercredi", "25", "septembre 2026"];
    if (parts.length > 1) parts.forEach((part, i) => part.textContent = day.slice(-parts.length)[i]);
    else if (parts.length) { e.firstChild.textContent = "25 septembre "; parts[0].textContent = "2026"; }
    else e.textContent = "25 septembre 2026";
  }
  for (const first of document.querySelectorAll(".event-line:first-of-type")) {
    const list = first.parentElement, copies = location.pathname === "/" ? 0 : 2;
    const others = [...list.querySelectorAll(":scope > .event-line")].slice(1);
    first.querySelector("a").textContent = "Exemple : un rendez-vous";
    first.querySelectorAll("p:not(.badge)").forEach(
      e => e.className === "meta" ? e.textContent = "14 h, au jardin" : e.remove());
    others.forEach(e => e.remove());
    for (let i = 0; i < copies; i++) list.append(first.cloneNode(true));
  }
};

look.boxes = () => {
  const boxes = [];
  const add = e => { const b = e.getBoundingClientRect();
    if (b.width && b.height) boxes.push([e.localName + (e.classList.length ? "." + e.classList[0] : ""),
      Math.round(b.left), Math.round(b.width), Math.round(b.height)]); };
  document.querySelectorAll("body > header, body > main, body > footer, nav").forEach(add);
  document.querySelectorAll("main > *, main > * > section, footer section").forEach(add);
  return boxes;
};
