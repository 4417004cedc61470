// The page of a plot: Bokeh, which came with the widget, and numbers that are set anew. Nothing is loaded.

const KEY = Symbol.for("rxslack.bokeh");

function bokeh(source) {
  // As a script, and once for all plots of the page; a module has no `this` for it to live in.
  window[KEY] ||= new Promise((done, fail) => {
    const script = document.createElement("script");
    // Whatever loads AMD modules here must not take it for one.
    const before = window.define;
    window.define = undefined;
    script.src = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    script.onload = () => { window.define = before; done(window.Bokeh); };
    script.onerror = () => { window.define = before; delete window[KEY]; fail(new Error("Bokeh cannot be loaded")); };
    document.head.append(script);
  });
  return window[KEY];
}

function element(kind, given = {}, ...children) {
  const made = document.createElement(kind);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

async function render({ model, el }) {
  const title = element("span", { class: "title" }), state = element("span", { class: "state" });
  const stop = element("button", { type: "button", title: "End the subscription", onclick: () => model.send({ ask: "stop" }) }, "stop");
  const trace = element("pre", { class: "trace failed" }), place = element("div", { class: "plot" });
  el.append(element("div", { class: "rxslack plotted" }, element("div", { class: "bar" }, title, state, element("span", { class: "wide" }), stop), trace, place));
  let drawn = 0, doc = null, busy = false, isGone = false;

  async function draw(Bokeh, news) {
    const zoomed = doc && range(doc).have_updated_interactively ? [range(doc).start, range(doc).end] : null;
    const figure = JSON.parse(news.figure); // as text: the order of its keys matters
    const target = element("div");
    place.replaceChildren(target);
    const views = await Bokeh.embed.embed_item(figure, target);
    doc = Bokeh.documents[Bokeh.documents.length - 1];
    place.views = views;
    place.doc = doc;
    if (zoomed) {
      range(doc).have_updated_interactively = true;
      [range(doc).start, range(doc).end] = zoomed;
    }
    drawn = news.number;
  }

  const range = (one) => one.roots()[0].x_range;

  async function paint() {
    const news = model.get("news");
    if (busy || isGone || !news || !news.figure) return;
    title.textContent = news.title;
    state.textContent = `${news.state}; ${news.total.toLocaleString("en")} events`;
    state.className = `state ${news.failed ? "failed" : ""}`;
    trace.textContent = news.trace;
    trace.hidden = !news.trace;
    busy = true;
    try {
      const Bokeh = await bokeh(model.get("library"));
      if (drawn !== news.number) await draw(Bokeh, news);
      const { x, lines, gaps } = news.data;
      lines.forEach((y, number) => {
        const source = doc.get_model_by_name(`line ${number}`);
        if (source) source.data = { x, y: y.map((one) => one ?? NaN) };
      });
      doc.get_model_by_name("gaps").data = { left: gaps.map((one) => one[0]), right: gaps.map((one) => one[1]) };
    } catch (error) {
      isGone = true; // it would fail again
      trace.hidden = false;
      trace.textContent = `the plot cannot be drawn here: ${error}`;
    }
    busy = false;
    if (!isGone && model.get("news").number !== drawn) await paint();
  }

  model.on("change:news", paint);
  await paint();
  return () => {
    isGone = true;
    model.off("change:news", paint);
    if (doc) doc.clear();
  };
}

export default { render };
