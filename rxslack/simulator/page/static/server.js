// What the page asks of the server: acts, parts of conversations, files, and one stream of what happens.

const HEADERS = { "X-Page-Key": location.hash.slice(1) };

async function asked(path, options = {}) {
  const answer = await fetch(`/page/${path}`, { cache: "no-store", ...options, headers: { ...HEADERS, ...options.headers } });
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    throw new Error(said.error || `HTTP ${answer.status}`);
  }
  return answer;
}

function query(fields) {
  return new URLSearchParams(fields).toString();
}

/** Ask for JSON. */
export async function read(path, fields = {}) {
  return (await asked(`${path}?${query(fields)}`)).json();
}

/** Do something as somebody; what is wrong with it is thrown as an Error. */
export async function act(what, who, fields = {}) {
  const body = JSON.stringify({ do: what, as: who, ...fields });
  return (await asked("do", { method: "POST", body, headers: { "Content-Type": "application/json" } })).json();
}

/** Share a file as somebody. */
export async function upload(who, fields, file) {
  return (await asked(`upload?${query({ as: who, ...fields })}`, { method: "POST", body: file })).json();
}

/** The bytes of a file. */
export async function fileContent(id, type) {
  const found = await (await asked(`file?${query({ id })}`)).blob();
  return new Blob([found], { type });
}

/**
 * Hear what happens, until the function that is returned is called.
 *
 * `EventSource` would put the key into the address; this reads the same format with the key in a header.
 */
export function follow(who, heard, changed) {
  const ending = new AbortController();
  let stopped = false;
  (async () => {
    while (!stopped) {
      try {
        const answer = await asked(`stream?${query({ as: who })}`, { signal: ending.signal });
        changed("live");
        await events(answer.body.getReader(), heard);
        changed("lost");
      } catch (error) {
        if (!stopped) changed("lost", error.message);
      }
      if (!stopped) await new Promise((later) => setTimeout(later, 1000));
    }
  })();
  return () => {
    stopped = true;
    ending.abort();
  };
}

async function events(reader, heard) {
  const decoder = new TextDecoder();
  let left = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (left + decoder.decode(value, { stream: true })).split("\n\n");
    left = blocks.pop();
    for (const block of blocks) {
      const found = /^event: (.*)\ndata: (.*)$/.exec(block);
      if (found) heard(found[1], JSON.parse(found[2]));
    }
  }
}
