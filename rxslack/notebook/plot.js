// The page of a plot: Bokeh, which came with the widget, and numbers that are set anew. Nothing is loaded.

const KEY = Symbol.for("rxslack.bokeh");

function bokeh(source) {
  // Once for all plots of the page, as a module, which every notebook lets a widget import; and in a function, for
  // the library looks for a `this` to live in, and takes whatever loads AMD modules for what loads it.
  window[KEY] ||= new Promise((done, fail) => {
    const module = `(function (define, exports, module) {${source}\n}).call(globalThis)`;
    const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    import(address).then(() => done(window.Bokeh), (error) => {
      delete window[KEY];
      fail(error);
    }).finally(() => URL.revokeObjectURL(address));
  });
  return window[KEY];
}

async function render({ model, el }) {
  const title = element("span", { class: "title" }), state = element("span", { class: "state" });
  const stop = element("button", { type: "button", title: "End the subscription", onclick: () => model.send({ ask: "stop" }) }, "stop");
  const trace = element("pre", { class: "trace failed" }), place = element("div", { class: "plot" });
  el.append(element("div", { class: "rxslack plotted" }, element("div", { class: "bar" }, title, state, element("span", { class: "wide" }), stop), trace, place));
  let doc = null, isDrawing = false, isGone = false;
  const names = []; // of the lines, as they are drawn
  const hidden = new Set(); // names whose lines somebody has put out of sight

  async function draw() {
    const { library, figure } = model.get("parts");
    const Bokeh = await bokeh(library);
    const target = element("div");
    place.replaceChildren(target);
    await Bokeh.embed.embed_item(JSON.parse(figure), target); // as text: the order of its keys matters
    doc = place.doc = Bokeh.documents[Bokeh.documents.length - 1];
  }

  const part = (name) => doc.get_model_by_name(name);

  // A line keeps its number; its name changes as others become more frequent.
  function rename(number, name) {
    const item = part(`item ${number}`), line = item.renderers[0];
    if (names[number]) hidden[line.visible ? "delete" : "add"](names[number]);
    names[number] = name;
    item.label = { value: name };
    item.visible = Boolean(name);
    line.visible = !hidden.has(name);
    const hover = part(`hover ${number}`);
    hover.tooltips = [[name || hover.tooltips[0][0], hover.tooltips[0][1]], hover.tooltips[1]];
  }

  function show({ x, lines, gaps }) {
    for (let number = 0; part(`line ${number}`); number++) {
      const { name, y } = lines[number] || { name: "", y: null };
      if ((names[number] || "") !== name) rename(number, name);
      const source = part(`line ${number}`);
      if (y) source.data = { x, y: y.map((one) => one ?? NaN) };
      else if (source.data.x.length) source.data = { x: [], y: [] };
    }
    part("legend").visible = names.some(Boolean);
    part("gaps").data = { left: gaps.map((one) => one[0]), right: gaps.map((one) => one[1]) };
  }

  async function paint() {
    const news = model.get("news");
    if (isDrawing || isGone || !news || !news.data) return;
    title.textContent = news.title;
    state.textContent = `${news.state}; ${news.total.toLocaleString("en")} events`;
    state.className = `state ${news.failed ? "failed" : ""}`;
    trace.textContent = news.trace;
    trace.hidden = !news.trace;
    try {
      if (!doc) {
        isDrawing = true;
        await draw();
        isDrawing = false;
      }
      show(model.get("news").data);
    } catch (error) {
      isGone = true; // it would fail again
      trace.hidden = false;
      trace.textContent = `the plot cannot be drawn here: ${error}`;
    }
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
