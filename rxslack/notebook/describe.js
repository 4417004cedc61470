// A pipeline, drawn: its stages, what went from each to the next, and marbles of the last seconds.

const count = (number) => number.toLocaleString("en");

function marbles(stage, seconds) {
  // A character is half a second; what is late stands at the right.
  const many = seconds * 2, line = Array.from({ length: many }, () => []);
  for (const [ago, kind] of stage.recent) line[Math.min(many - 1, Math.max(0, many - 1 - Math.floor(ago * 2)))].push(kind);
  const ends = ["#", "|", "!"];
  return line.map((kinds) => {
    if (!kinds.length) return "-";
    if (kinds.includes("rxslack.gap")) return "G";
    if (kinds.includes("rxslack.failure")) return "F";
    const end = kinds.find((kind) => ends.includes(kind));
    if (end) return end;
    return kinds.length > 9 ? "*" : kinds.length > 1 ? String(kinds.length) : kinds[0][0].toLowerCase();
  }).join("");
}

function render({ model, el }, chosen) {
  const flow = element("div", { class: "flow" }), below = element("div");
  el.append(element("div", { class: "rxslack describe" }, flow, below));

  function paint() {
    const news = model.get("news");
    if (!news || !news.stages) return;
    const parts = [];
    news.stages.forEach((stage, place) => {
      const into = place ? news.stages[place - 1].out : null;
      if (place) parts.push(element("span", { class: "soft" }, `—${count(into)}→`));
      const marks = [];
      if (stage.gaps) marks.push(`${count(stage.gaps)} gap${stage.gaps > 1 ? "s" : ""}`);
      if (stage.failures) marks.push(`${count(stage.failures)} failure${stage.failures > 1 ? "s" : ""}`);
      if (stage.error) marks.push(stage.first ? "failed here" : "failed");
      if (stage.subscriptions > 1) marks.push(`${count(stage.subscriptions)} subscriptions`);
      const box = element("div", { class: `stage ${stage.error ? "failed" : ""} ${chosen.place === place ? "on" : ""}`, role: "button", tabindex: "0", title: stage.error || "show its marbles", onpointerdown: () => {
        chosen.place = chosen.place === place ? undefined : place;
        paint();
      } }, element("b", {}, stage.name), element("span", { class: "soft" }, `${stage.running ? "● " : ""}${count(stage.out)} out`));
      for (const mark of marks) box.append(element("span", { class: stage.error || stage.failures || stage.gaps ? "failed" : "soft" }, mark));
      parts.push(box);
    });
    flow.replaceChildren(...parts);
    const place = chosen.place, stage = news.stages[place];
    if (!stage) return below.replaceChildren();
    below.replaceChildren(
      element("div", { class: "marbles" }, `${marbles(stage, news.seconds)}  ${stage.name}`),
      element("div", { class: "soft" }, `the last ${news.seconds} s, a character is half a second: the first letter of a type, 2 to 9 so many, * more, G a gap, F a failure, # an error, | the end, ! left`),
      ...(stage.error ? [element("div", { class: "failed" }, stage.error)] : []),
    );
  }

  model.on("change:news", paint);
  paint();
  return () => model.off("change:news", paint);
}

// What is chosen is the model's, whose views come and go.
export default () => {
  const chosen = { place: undefined }; // the stage whose marbles are shown
  return { render: (view) => render(view, chosen) };
};
