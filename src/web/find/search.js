// What the search box of every page does with a script: "/" leads to it, what is typed is answered below it (the combobox pattern of ARIA), arrows choose,
// Enter goes there, Escape closes. What is typed goes into the body of a POST, never into an address: it may be a raw key.
const form = document.querySelector("form.search");
if (form !== null) {
  const PAUSE_MS = 150;
  const input = form.querySelector("input");
  const root = form.getAttribute("action").slice(0, -"search".length);
  const make = (name, attributes, text = "") => {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.textContent = text;
    return made;
  };
  const list = make("div", { id: "search-list", role: "listbox", "aria-label": "Found", hidden: "" });
  const status = make("p", { id: "search-status", role: "status", hidden: "" });
  const panel = make("div", { class: "suggestions", hidden: "" });
  panel.append(status, list);
  form.append(panel);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": "search-list",
    "aria-expanded": "false",
  }))
    input.setAttribute(name, value);

  let options = [];
  let chosen = -1;
  let asking = null;
  let timer = 0;

  const choose = (index) => {
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const option = options[chosen];
    if (option === undefined) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    return input.setAttribute("aria-activedescendant", option.id);
  };
  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    panel.hidden = true;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const optionOf = ({ way, text, note }) => {
    const option = make("div", { role: "option", id: `search-option-${options.length}`, "aria-selected": "false" });
    option.dataset.way = root + way;
    option.append(make("span", {}, text), " ", make("span", { class: "note" }, note));
    options.push(option);
    return option;
  };
  const show = (said, groups) => {
    choose(-1);
    options = [];
    list.replaceChildren(
      ...groups.map(({ title, links }, i) => {
        const group = make("div", { role: "group", "aria-labelledby": `search-group-${i}` });
        group.append(
          make("div", { class: "title", id: `search-group-${i}`, role: "presentation" }, title),
          ...links.map(optionOf),
        );
        return group;
      }),
    );
    status.textContent = said || `${options.length} found`;
    status.hidden = false;
    panel.hidden = false;
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
  };
  const ask = async () => {
    asking?.abort();
    if (input.value.trim() === "") return close();
    const mine = new AbortController();
    asking = mine;
    try {
      const body = new URLSearchParams({ q: input.value });
      const answer = await fetch(`${root}search/suggestions`, { method: "POST", body, signal: mine.signal });
      if (answer.ok) {
        const { said, groups } = await answer.json();
        if (!mine.signal.aborted) show(said, groups);
      } else
        show(answer.status === 401 ? "The session has ended: sign in again." : "The search failed: try again.", []);
    } catch {
      if (!mine.signal.aborted) show("The search failed: try again.", []);
    }
    return undefined;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    const isOpen = input.getAttribute("aria-expanded") === "true";
    if (event.key === "Escape" && !panel.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One more than there are: no option, the text itself.
      const places = options.length + 1;
      choose(((chosen + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && isOpen && chosen >= 0) {
      event.preventDefault();
      location.assign(options[chosen].dataset.way);
    }
    return undefined;
  });
  // Before the input loses the focus.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const way = event.target.closest("[role=option]")?.dataset.way;
    if (way !== undefined) location.assign(way);
  });
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (!form.contains(relatedTarget)) close();
  });
  addEventListener("keydown", (event) => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (key !== "/" || ctrlKey || metaKey || altKey || target.closest("input, textarea, select, [contenteditable]"))
      return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
