// Documents dropped on a collection: files and whole folders, sent as few requests as the server's limit allows, so that
// what was dropped together becomes one revision. Each file has a row with its progress and what became of it.
import { csrfHeaders } from "./api.js";
import { el } from "./dom.js";

const MOST_FILES = 500;
// Room for what a form adds to its files: boundaries, names, headers.
const PER_FILE_BYTES = 2_000;
const HIDDEN = /(^|\/)(\.|~\$)|~$/;
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

const form = document.getElementById("upload");
if (form) begin();

function begin() {
  const { collection } = form.dataset;
  const limit = Number(form.dataset.maxBytes);
  const endings = form.dataset.endings.split(" ");
  const list = document.getElementById("uploads");
  const queue = [];
  let isSending = false;
  let changed = 0;

  form.classList.add("has-script");
  form.querySelector(".drop-body > .row").append(picker("Choose files", {}), picker("Choose a folder", { webkitdirectory: true }));
  form.querySelector("h2").textContent = "Drop documents or a folder here";

  // A file that misses the form would otherwise open in place of the page.
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
  for (const kind of ["dragenter", "dragover"]) form.addEventListener(kind, () => form.classList.add("is-over"));
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("is-over");
  });
  form.addEventListener("drop", async (event) => {
    form.classList.remove("is-over");
    add(await dropped(event.dataTransfer));
  });
  addEventListener("beforeunload", (event) => {
    if (isSending) event.preventDefault();
  });

  function picker(title, attributes) {
    const input = el("input", { type: "file", multiple: true, hidden: true, ...attributes });
    if (!attributes.webkitdirectory) input.accept = endings.join(",");
    input.addEventListener("change", () => {
      add([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
      input.value = "";
    });
    const button = el("button", { type: "button" }, title);
    button.addEventListener("click", () => input.click());
    const both = el("span", {}, button, input);
    return both;
  }

  function add(found) {
    list.querySelector(".uploads-done")?.remove();
    for (const { file, name } of found.filter(({ name }) => !HIDDEN.test(name))) {
      const upload = { file, name, row: row(name) };
      list.prepend(upload.row.element);
      const problem = refusal(file, name);
      if (problem) settle(upload, "failed", problem);
      else queue.push(upload);
    }
    send();
  }

  function refusal(file, name) {
    const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
    if (file.size + PER_FILE_BYTES > limit) return `The file has ${megabytes(file.size)} MB, and at most ${megabytes(limit)} MB can be uploaded. Split it, or raise server.max_upload_mb.`;
    if (!name.includes(".") || !endings.includes(ending)) return `Files like this are not read. Convert it to one of ${endings.join(", ")}.`;
    return "";
  }

  async function send() {
    if (isSending) return;
    isSending = true;
    while (queue.length) await sendOne(batch());
    isSending = false;
    const rows = list.querySelectorAll(".upload");
    if (rows.length) list.append(summary());
  }

  function batch() {
    const taken = [];
    const names = new Set();
    let size = 0;
    for (let place = 0; place < queue.length && taken.length < MOST_FILES; ) {
      const upload = queue[place];
      const more = upload.file.size + PER_FILE_BYTES;
      // Two files of one name are two versions of a document, one after the other.
      if (names.has(upload.name)) { place += 1; continue; }
      if (size + more > limit) break;
      taken.push(...queue.splice(place, 1));
      names.add(upload.name);
      size += more;
    }
    return taken;
  }

  async function sendOne(uploads) {
    const body = new FormData();
    for (const { file, name } of uploads) body.append("files", file, name);
    for (const upload of uploads) progress(upload, 0, "waiting");
    let reply;
    try {
      reply = await post(`/api/v1/collections/${encodeURIComponent(collection)}/documents`, body, (share) => spread(uploads, share));
    } catch (error) {
      for (const upload of uploads) settle(upload, "failed", error.message, true);
      return;
    }
    const outcomes = new Map((reply.outcomes ?? []).map((outcome) => [outcome.document_id, outcome]));
    for (const upload of uploads) {
      const name = sent(upload.name);
      const outcome = outcomes.get(name) ?? outcomes.get([...name].slice(0, 200).join(""));
      if (!outcome) settle(upload, "failed", reply.error?.message ?? "The server did not say what became of it.", true);
      else settle(upload, outcome.result, outcome.reason);
      if (outcome && outcome.result !== "failed" && outcome.result !== "unchanged") changed += 1;
    }
  }

  /** The files go out one after the other, so that what is sent in all tells how far each of them is. */
  function spread(uploads, sent) {
    let before = 0;
    const total = uploads.reduce((sum, { file }) => sum + file.size, 0) || 1;
    for (const upload of uploads) {
      const share = Math.min(1, Math.max(0, (sent * total - before) / Math.max(1, upload.file.size)));
      before += upload.file.size;
      progress(upload, share, share < 1 ? (share > 0 ? `${Math.round(share * 100)} %` : "waiting") : "being read");
    }
  }

  function row(name) {
    const state = el("span", { class: "upload-state" }, "waiting");
    const bar = el("progress", { max: 1, value: 0, "aria-label": "Sent" });
    const element = el("li", { class: "upload" }, el("bdi", { class: "upload-name" }, visible(name)), state, bar);
    return { element, state, bar };
  }

  function progress({ row }, share, words) {
    row.bar.value = share;
    row.state.textContent = words;
  }

  function settle(upload, result, reason, isWorthAnother = false) {
    const { element, state, bar } = upload.row;
    bar.remove();
    element.className = `upload is-${result}`;
    state.textContent = result;
    if (reason) element.append(el("p", { class: "upload-reason" }, reason));
    if (isWorthAnother) element.append(again(upload));
  }

  function again(upload) {
    const button = el("button", { type: "button", class: "quiet" }, "Try again");
    button.addEventListener("click", () => {
      const fresh = row(upload.name);
      upload.row.element.replaceWith(fresh.element);
      upload.row = fresh;
      list.querySelector(".uploads-done")?.remove();
      queue.push(upload);
      send();
    });
    return el("p", { class: "upload-reason" }, button);
  }

  function summary() {
    const failed = list.querySelectorAll(".upload.is-failed").length;
    const words = [`${changed} added or updated`, ...(failed ? [`${failed} failed`] : [])].join(", ");
    const reload = el("a", { class: "button", href: `${location.pathname}${location.search}#documents` }, "Show the documents");
    reload.addEventListener("click", (event) => {
      event.preventDefault();
      location.hash = "documents";
      location.reload();
    });
    return el("li", { class: "uploads-done" }, words, changed ? reload : null);
  }
}

/** Send a form; resolves to the reply's value, and rejects with a message for people where it can't be had. */
function post(url, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.responseType = "text";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      const value = parsed(request.responseText);
      // Where every file failed the reply is an error, and still says why each of them did.
      if (value?.outcomes || (value && request.status < 400)) resolve(value);
      else reject(new Error(value?.error?.message ?? `The server answered with status ${request.status}.`));
    });
    request.addEventListener("error", () => reject(new Error("The connection was lost, or a file changed on the disk, before the server answered. Nothing is half done: try again.")));
    request.addEventListener("abort", () => reject(new Error("The upload was stopped.")));
    request.send(body);
  });
}

/** The files that were dropped, those in folders by their path. */
async function dropped(transfer) {
  // What is not taken out before the first wait is gone.
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) await collect(entry, found);
  return found;
}

async function collect(entry, found) {
  if (!entry) return;
  if (entry instanceof File) {
    found.push({ file: entry, name: entry.name });
  } else if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    if (file) found.push({ file, name: entry.fullPath.replace(/^\//, "") });
  } else {
    for (const child of await children(entry.createReader())) await collect(child, found);
  }
}

async function children(reader) {
  const found = [];
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return found;
    found.push(...some);
  }
}

/** A name as a form carries it: browsers escape what would end it. */
function sent(name) {
  return name.replaceAll('"', "%22").replace(/\r\n|\r|\n/g, "%0D%0A");
}

/** A name whose characters can't turn the row around or hide: those are shown by their numbers. */
function visible(name) {
  return name.replace(CONTROL, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`);
}

function megabytes(bytes) {
  return (bytes / 1e6).toLocaleString(undefined, { maximumFractionDigits: 1 });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
