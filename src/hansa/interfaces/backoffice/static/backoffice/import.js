"use strict";
// The progress of an import: by the socket; where there is none, by asking once a second.
(() => {
  const box = document.getElementById("import");
  const statuses = JSON.parse(document.getElementById("import-statuses").textContent);
  const bar = box.querySelector("progress");
  const number = new Intl.NumberFormat("en");
  const OVER = new Set(["done", "failed", "cancelled"]);
  const ASK_MILLISECONDS = 1000;
  const RECONNECT_MILLISECONDS = 5000;
  let status = box.dataset.status;
  let socket = null;
  let timer = 0;

  const put = (name, text) => {
    const place = box.querySelector(`[data-shown="${name}"]`);
    if (place.textContent !== text) place.textContent = text;
  };

  const left = (seconds) => {
    if (seconds < 90) return `${number.format(seconds)} s`;
    return `${number.format(Math.round(seconds / 60))} min`;
  };

  const show = (news) => {
    if (news.type !== "progress") return;
    const ended = !OVER.has(status) && OVER.has(news.status);
    status = news.status;
    bar.max = news.total_rows || 1;
    bar.value = news.processed_rows;
    const total = news.total_rows ? ` of ${number.format(news.total_rows)}` : "";
    put("rows", `${number.format(news.processed_rows)}${total} rows`);
    put("pace", news.seconds_left === null ? ""
      : `${number.format(news.rows_per_second)} rows a second, about ${left(news.seconds_left)} left`);
    put("status", statuses[status] || status);
    for (const name of ["created", "updated", "unchanged", "failed"]) {
      if (news[name] !== undefined) put(name, number.format(news[name]));
    }
    for (const form of document.querySelectorAll("form[data-when]")) {
      form.hidden = !form.dataset.when.split(" ").includes(status);
    }
    // The page itself knows which rows failed, and why.
    if (ended) window.location.replace(window.location.pathname);
  };

  const ask = async () => {
    timer = 0;
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      if (answer.ok) show(await answer.json());
      if (answer.status === 403 || answer.status === 404) return;
    } catch {
      // The server is away for a moment: the next look tells.
    }
    if (socket === null && !OVER.has(status)) timer = window.setTimeout(ask, ASK_MILLISECONDS);
  };

  const listen = () => {
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    const opened = new WebSocket(`${scheme}//${window.location.host}${box.dataset.socket}`);
    opened.addEventListener("open", () => {
      socket = opened;
      window.clearTimeout(timer);
      timer = 0;
      ask(); // what happened before the socket was there
    });
    opened.addEventListener("message", (event) => show(JSON.parse(event.data)));
    opened.addEventListener("close", () => {
      socket = null;
      if (OVER.has(status)) return;
      if (!timer) ask();
      window.setTimeout(listen, RECONNECT_MILLISECONDS);
    });
  };

  if (!OVER.has(status)) {
    timer = window.setTimeout(ask, ASK_MILLISECONDS);
    listen();
  }
})();
