// A slider over a recording. What things were like at a place is asked of the kernel, one question at a time.

function render({ model, el }, here) {
  const news = model.get("news");
  here.moment ??= news.moment;
  const slider = element("input", { type: "range", min: news.first, max: news.last, "aria-label": "event", oninput: () => go(Number(slider.value)) });
  const time = element("span", { class: "soft" });
  const title = element("span", { class: "title" }, news.title);
  const button = (text, title, act) => element("button", { type: "button", title, onclick: act }, text);
  const step = (by) => go(here.place + by);
  const failure = (by) => {
    const found = by > 0 ? news.failures.find((place) => place > here.place) : news.failures.findLast((place) => place < here.place);
    if (found !== undefined) go(found);
  };
  const back = button("◀", "one event back", () => step(-1)), on = button("▶", "one event on", () => step(1));
  const worse = button("◀ failure", "to the failure before", () => failure(-1)), next = button("failure ▶", "to the next failure", () => failure(1));
  worse.hidden = next.hidden = !news.failures.length;
  const counts = element("div", { class: "flow soft" }), error = element("div", { class: "failed" });
  const events = element("div"), outputs = element("div"), detail = element("div");
  el.append(element("div", { class: "rxslack travel", "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "bar" }, title, element("span", { class: "wide" }), time),
    element("div", { class: "bar" }, worse, back, slider, on, next),
    counts, error,
    element("div", { class: "halves" }, element("div", {}, element("div", { class: "soft" }, "the events before"), events), element("div", {}, element("div", { class: "soft" }, "what the pipeline made of them; the last is its state"), outputs)),
    detail));
  here.place ??= here.moment.place;

  function go(place) {
    here.place = Math.min(news.last, Math.max(news.first, place));
    slider.value = here.place;
    ask();
  }

  function ask() {
    // One question at a time: a slider that is drawn asks more often than anybody can look.
    if (here.isAsking) return;
    if (here.moment.place === here.place) return paint();
    here.isAsking = true;
    model.send({ at: here.place });
  }

  function hear(message) {
    if (!message.moment) return;
    here.isAsking = false;
    here.moment = message.moment;
    paint();
    ask();
  }

  function line(row, isOutput) {
    const isFailure = row.kind === "rxslack.failure";
    const text = row.cells.filter(Boolean).join("  ");
    const made = element("div", { class: `row one ${isFailure ? "failed" : ""}`, role: "button", tabindex: "0", title: isFailure ? "to the events before it" : "show its JSON" },
      element("span", { class: "soft" }, `${row.n.toLocaleString("en")} ${row.day.slice(11, 19)}`), element("span", { dir: "auto" }, text || row.json));
    made.addEventListener("click", () => {
      here.open = row.json;
      if (isOutput && row.n !== here.place) go(row.n);
      else paint();
    });
    return made;
  }

  function paint() {
    const moment = here.moment;
    slider.value = here.place;
    time.textContent = `event ${moment.place.toLocaleString("en")} of ${news.last.toLocaleString("en")}, ${moment.time}`;
    counts.replaceChildren(...moment.counts.map(([name, count]) => element("span", {}, `→ ${name} ${count.toLocaleString("en")}`)));
    error.textContent = moment.error;
    events.replaceChildren(...[...moment.events].reverse().map((row) => line(row, false)));
    outputs.replaceChildren(...[...moment.outputs].reverse().map((row) => line(row, true)));
    detail.replaceChildren(...(here.open ? [element("div", { class: "detail" }, element("pre", {}, here.open))] : []));
  }

  model.on("msg:custom", hear);
  paint();
  return () => {
    model.off("msg:custom", hear);
    here.isAsking = false; // nobody hears the answer
  };
}

// Where it stands is the model's, whose views come and go.
export default () => {
  const here = { moment: null, isAsking: false, open: "" };
  return { render: (view) => render(view, here) };
};
