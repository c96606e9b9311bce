"use strict";
(() => {
  // Everything shown is put in by textContent and by attributes that are checked: what the data
  // hold is text, never markup.
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const FILTERS = ["type", "actor", "year", "status", "grade", "q"];
  const FIRST_ROWS = 150;

  const types = Object.keys(data.types);
  const years = [];
  for (let year = data.years[0]; year <= data.years[1]; year += 1) years.push(year);
  const events = data.events;
  const eventOf = new Map(events.map((event) => [event.id, event]));
  const nameOf = (actor) => (data.actors[actor] ? data.actors[actor].name : actor);
  const words = (term) => term.replaceAll("_", " ");
  let showsAll = false;
  let cameFrom = null;

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    return fill(node, attributes, children);
  }
  function draw(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
  }
  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) node.setAttribute(name, String(value));
    }
    for (const child of children.flat(Infinity)) {
      if (child === null || child === undefined) continue;
      node.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
    return node;
  }
  function replace(node, ...children) {
    node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null));
  }

  // --- finding ----------------------------------------------------------------------------------

  function folded(text) {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }
  for (const event of events) {
    const actors = event.participants.map((part) => part.actor);
    const names = actors.flatMap((actor) => [actor, nameOf(actor), ...data.actors[actor].aliases]);
    event.text = folded([event.id, event.name, event.series, event.place, event.summary,
      event.framework, event.institution, ...Object.values(event.items), ...names]
      .filter(Boolean).join(" \n "));
    // As in `load`: an actor in any role but those that only watch, are helped or are fought.
    const counting = data.types[event.type].counting;
    event.counting = new Set(
      event.participants.filter((part) => counting.includes(part.role)).map((part) => part.actor));
  }

  function readHash() {
    const given = new URLSearchParams(location.hash.slice(1));
    const state = {};
    for (const name of [...FILTERS, "event"]) {
      const value = (given.get(name) || "").trim();
      if (value) state[name] = value;
    }
    return state;
  }
  function hashOf(state) {
    const parts = new URLSearchParams();
    for (const name of [...FILTERS, "event"]) if (state[name]) parts.set(name, state[name]);
    return "#" + parts.toString();
  }
  function actorOf(text) {
    if (data.actors[text]) return text;
    const wanted = folded(text);
    return Object.keys(data.actors).find((actor) => [actor, data.actors[actor].name,
      ...data.actors[actor].aliases].some((name) => folded(name) === wanted));
  }
  function span(text) {
    const match = /^(\d{4})?(\.\.)?(\d{4})?$/.exec(text);
    if (!match || !(match[1] || match[3])) return null;
    const [, low, dots, high] = match;
    return [low ? Number(low) : years[0], high ? Number(high) : (dots ? years.at(-1) : Number(low))];
  }

  function found(state) {
    const problems = [];
    const actor = state.actor && actorOf(state.actor);
    const within = state.year && span(state.year);
    if (state.actor && !actor) problems.push(`there is no actor “${state.actor}”`);
    if (state.year && !within) problems.push(`“${state.year}” is no year and no span like 2010..2015`);
    for (const [name, known] of [["type", data.types], ["status", data.statuses], ["grade", data.grades]]) {
      if (state[name] && !known[state[name]]) problems.push(`there is no ${name} “${state[name]}”`);
    }
    if (problems.length) return { problems, rows: [], actor: null, within: null };
    const wanted = folded(state.q || "").split(/\s+/).filter(Boolean);
    const rows = events.filter((event) =>
      (!state.type || event.type === state.type)
      && (!actor || event.counting.has(actor))
      && (!within || (event.year >= within[0] && event.year <= within[1]))
      && (!state.status || event.status === state.status)
      && (!state.grade || event.grade === state.grade)
      && wanted.every((word) => event.text.includes(word)));
    return { problems, rows, actor, within };
  }

  // --- the list ---------------------------------------------------------------------------------

  function sides(event) {
    const of = (...roles) => [...new Set(event.participants
      .filter((part) => roles.includes(part.role)).map((part) => nameOf(part.actor)))];
    const list = (names) => names.length > 5
      ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} more` : names.join(", ");
    const arrows = {
      arms_transfer: [["supplier"], ["recipient"]],
      intervention: [["intervener"], ["target"]],
      pme_program: [["provider"], ["trainee"]],
    };
    if (arrows[event.type]) {
      const [acting, receiving] = arrows[event.type];
      return `${list(of(...acting))} → ${list(of(...receiving))}`;
    }
    return list(of("organiser", "host", "participant"));
  }

  function row(event, state) {
    const link = make("a", {
      href: hashOf({ ...state, event: event.id }),
      "aria-current": state.event === event.id ? "true" : null,
    },
      make("time", {}, event.short),
      make("span", {}, make("b", {}, event.name),
        make("small", {}, make("span", { class: `swatch ${event.type}` }),
          `${data.types[event.type].label} · ${sides(event)}`)),
      make("span", { class: `grade ${event.grade}`, title: `evidence grade ${event.grade}: ${data.grades[event.grade]}` },
        event.grade));
    return make("li", { "data-id": event.id }, link);
  }

  function code(state, result) {
    if (result.problems.length || state.q) return null;
    if (result.actor && !state.type) return null;
    const quoted = (text) => JSON.stringify(text);
    const where = [];
    if (result.actor) where.push(`"actor": ${quoted(result.actor)}`);
    if (result.within) {
      const [low, high] = result.within;
      where.push(low === high ? `"year": ${low}` : `"years": "${low}..${high}"`);
    }
    if (state.status) where.push(`"status": ${quoted(state.status)}`);
    if (state.grade) where.push(`"evidence_grade": ${quoted(state.grade)}`);
    const table = state.type ? data.types[state.type].table : "events";
    const conditions = where.length ? `, where={${where.join(", ")}}` : "";
    return make("code", {}, `autocoop.load(${quoted(table)}${conditions})`);
  }

  function timeline(rows, state, result) {
    // Drawn in its own units: fewer of them on a phone, so that its figures can be read.
    const width = window.innerWidth < 640 ? 360 : 640, height = 92, left = 22, bottom = 74;
    const step = (width - left) / years.length;
    const counts = years.map((year) => types.map((type) =>
      rows.filter((event) => event.year === year && event.type === type).length));
    const totals = counts.map((each) => each.reduce((sum, count) => sum + count, 0));
    const top = Math.max(1, ...totals);
    const levels = state.type && result.actor && data.searched[state.type][result.actor];
    const picture = draw("svg", {
      viewBox: `0 0 ${width} ${height + (levels ? 12 : 0)}`, role: "img",
      "aria-label": `Events by year: ${years.map((year, index) => `${year}: ${totals[index]}`).join(", ")}`,
    });
    years.forEach((year, index) => {
      const x = left + index * step;
      const ground = draw("rect", { class: "ground", x, y: 4, width: step, height: bottom - 4 },
        draw("title", {}, `${year}: ${totals[index]} (click to choose the year)`));
      ground.addEventListener("click", () => go({ ...state, year: String(year), event: "" }));
      picture.append(ground);
      let y = bottom;
      counts[index].forEach((count, type) => {
        const tall = count / top * (bottom - 14);
        y -= tall;
        if (count) {
          picture.append(draw("rect", {
            class: types[type], x: x + step * .12, y, width: step * .76, height: tall,
            "pointer-events": "none",
          }));
        }
      });
      if (year % 5 === 0) {
        picture.append(draw("text", { x: x + step / 2, y: bottom + 12, "text-anchor": "middle" }, year));
      }
      if (levels) {
        const level = data.levels[Number(levels[index])];
        picture.append(draw("rect", {
          class: level.name, x: x + step * .06, y: bottom + 18, width: step * .88, height: 8,
        }, draw("title", {}, `${year}: ${words(level.name)}`)));
      }
    });
    picture.append(draw("text", { x: left - 4, y: 18, "text-anchor": "end" }, top));
    picture.append(draw("line", { class: "axis", x1: left, x2: width, y1: bottom, y2: bottom }));
    const legend = state.type ? null : make("figcaption", { class: "legend" }, types.map((type) =>
      make("span", {}, make("span", { class: `swatch ${type}` }), data.types[type].label)));
    return [picture, legend];
  }

  function searchedNote(state, result) {
    const node = byId("searched");
    replace(node);
    const levels = state.type && result.actor && data.searched[state.type][result.actor];
    if (!levels) {
      if (!result.rows.length && !result.problems.length) {
        node.textContent = "No event here does not mean that there was none: choose a type and an actor "
          + "to see what was searched.";
      }
      return;
    }
    const chosen = years.filter((year) =>
      !result.within || (year >= result.within[0] && year <= result.within[1]));
    const level = (year) => levels[year - years[0]];
    const used = data.levels.filter((_, index) => chosen.some((year) => Number(level(year)) === index));
    const zeros = chosen.filter((year) => data.levels[Number(level(year))].name === "searched").length;
    const label = data.types[state.type].acting;
    node.append(make("span", { id: "zeros" },
      `${nameOf(result.actor)} as ${label}: open searches cover ${zeros} of ${chosen.length} `
      + `${chosen.length === 1 ? "year" : "years"} whole; only there does no event mean that none was found. `));
    node.append(make("span", { class: "legend" }, used.map((each) =>
      make("span", { title: each.meaning }, draw("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" },
        draw("rect", { class: each.name, width: 10, height: 10 })), words(each.name)))));
  }

  // --- one event --------------------------------------------------------------------------------

  function safe(url) {
    return /^https?:\/\//i.test(url) ? url : null;
  }
  function shown(event, field, value) {
    if (value === null) return "–";
    if (field === "details.items") return event.items[value] || value;
    const isActor = /^(participants(\.[a-z]+)?|framework|location\.country|details\.financier)$/.test(field)
      || field.endsWith(".maker");
    if (isActor) return nameOf(value);
    if (/^\d{5,}$/.test(value)) return Number(value).toLocaleString("en");
    if (value === "true" || value === "false") return value === "true" ? "yes" : "no";
    return /^[a-z]+(_[a-z]+)+$/.test(value) ? words(value) : value;
  }
  function label(event, field) {
    const parts = field.replace(/^details\.(items\.)?/, "").split(".");
    return parts.map((part) => event.items[part]
      || (data.actors[part] ? nameOf(part) : words(part))).join(" · ");
  }
  function pageLink(number) {
    const link = make("a", { href: `#page-${number}`, title: "to the page" }, `[${number}]`);
    link.addEventListener("click", (click) => {
      // The address holds the filters: a page is gone to without it.
      click.preventDefault();
      for (const item of document.querySelectorAll(".sources .hit")) item.classList.remove("hit");
      const item = byId(`page-${number}`);
      item.classList.add("hit");
      item.scrollIntoView({ block: "center" });
      item.focus();
    });
    return link;
  }
  function reported(event, field, claim) {
    const [page, , value, qualifier] = claim;
    const how = qualifier ? ` (${words(qualifier)})` : "";
    return [`${shown(event, field, value)}${how} `, pageLink(page + 1)];
  }

  function claimsTable(event) {
    const body = make("tbody", {});
    let last = null;
    for (const [field, value, claims] of event.claims) {
      const cell = make("td", {}, value === null ? make("span", { class: "other" }, "left out")
        : shown(event, field, value));
      const supporting = claims.filter((claim) => claim[1] === "supports");
      for (const claim of claims) {
        if (claim[1] === "supports") continue;
        const isDiffering = claim[1] === "differs";
        cell.append(make("div", { class: isDiffering ? "differs" : "other", title: data.relations[claim[1]] },
          `${isDiffering ? "differs" : words(claim[1])}: `, reported(event, field, claim)));
      }
      const pages = make("td", { class: "pages" },
        [...new Set(supporting.map((claim) => claim[0] + 1))].map(pageLink));
      body.append(make("tr", {},
        make("th", { scope: "row", title: field }, field === last ? "" : label(event, field)), cell, pages));
      last = field;
    }
    return make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Field"),
      make("th", { scope: "col" }, "Value, and what pages say otherwise"),
      make("th", { scope: "col" }, "Pages"))), body);
  }

  function sourceItem(page, index) {
    const publisher = data.publishers[page.publisher];
    const about = [publisher.kind, page.published, page.language, `read ${page.read}`]
      .filter(Boolean).map(words).join(" · ");
    const href = safe(page.url);
    const title = page.title || page.url;
    return make("li", { id: `page-${index + 1}`, tabindex: "-1" },
      make("span", { class: "number" }, `[${index + 1}] `), make("b", {}, publisher.name),
      publisher.controlled_by
        ? make("span", { class: "state" }, ` controlled by ${nameOf(publisher.controlled_by)}`) : null,
      make("div", {}, href ? make("a", { href, rel: "noopener noreferrer", target: "_blank" }, title) : title),
      make("div", { class: "other" }, about,
        page.origin !== null ? ` · text of ${data.publishers[page.origin].name}` : ""));
  }

  function detail(event, state) {
    const roles = new Map();
    for (const part of event.participants) {
      const figure = part.personnel === null ? "" : ` (${part.personnel.toLocaleString("en")})`;
      roles.set(part.role, [...(roles.get(part.role) || []), nameOf(part.actor) + figure]);
    }
    const facts = [
      ["When", event.when],
      ["Status", `${words(event.status)}: ${data.statuses[event.status]}`],
      ...[...roles].map(([role, names]) => [words(role)[0].toUpperCase() + role.slice(1), names.join(", ")]),
      ["Where", event.where],
      ["Framework", event.framework && nameOf(event.framework)],
      ["Series", event.series],
      ["Evidence", `grade ${event.grade}: ${data.grades[event.grade]}`],
      ["Dates", event.date_note],
      ["In the data since", event.version_added],
    ].filter(([, value]) => value);
    return make("div", {},
      make("a", { class: "close", href: hashOf({ ...state, event: "" }), id: "close" }, "Close (Esc)"),
      make("div", { class: "what" }, make("span", { class: `swatch ${event.type}` }),
        `${data.types[event.type].label} · `, make("code", {}, event.id)),
      make("h2", {}, event.name),
      make("p", {}, event.summary),
      make("dl", {}, facts.map(([term, value]) => [make("dt", {}, term), make("dd", {}, value)])),
      make("h3", {}, "What the pages say"),
      claimsTable(event),
      make("h3", {}, event.sources.length === 1 ? "The page" : `The ${event.sources.length} pages`),
      make("ol", { class: "sources" }, event.sources.map(sourceItem)));
  }

  // --- the page ---------------------------------------------------------------------------------

  function options(id, entries, all) {
    replace(byId(id), make("option", { value: "" }, all),
      entries.map(([value, text]) => make("option", { value }, text)));
  }
  function setUp() {
    byId("about").textContent = `version ${data.version} · ${events.length.toLocaleString("en")} events, `
      + `${data.claims_count.toLocaleString("en")} claims from ${data.sources_count.toLocaleString("en")} pages · `
      + `${data.years[0]} to ${data.years[1]}`;
    options("type", types.map((type) => [type, data.types[type].label]), "all types");
    const used = new Set(events.flatMap((event) => [...event.counting]));
    const names = [...used].map((actor) => [actor, nameOf(actor)])
      .sort((a, b) => a[1].localeCompare(b[1], "en"));
    options("actor", names, "all actors");
    options("from", years.map((year) => [year, year]), "first");
    options("to", years.map((year) => [year, year]), "last");
    options("status", Object.keys(data.statuses).map((status) => [status, words(status)]), "any");
    options("grade", Object.entries(data.grades).map(([grade, text]) => [grade, `${grade}: ${text}`]), "any");
    byId("filters").addEventListener("submit", (submit) => submit.preventDefault());
    byId("filters").addEventListener("input", (input) => {
      const state = { ...readHash(), event: "" };
      for (const name of ["type", "actor", "status", "grade", "q"]) state[name] = byId(name).value.trim();
      const [low, high] = [byId("from").value, byId("to").value];
      state.year = low === high ? low : `${low}..${high}`;
      if (!low && !high) state.year = "";
      // A letter typed is no step to go back to.
      if (input.target.id === "q") {
        history.replaceState(null, "", hashOf(state));
        render();
      } else {
        go(state);
      }
    });
    byId("clear").addEventListener("click", () => go({}));
    byId("more").addEventListener("click", () => {
      showsAll = true;
      render();
      byId("list").children[FIRST_ROWS].firstChild.focus();
    });
    byId("list").addEventListener("keydown", (key) => {
      const item = document.activeElement.closest("li");
      const next = item && { ArrowDown: item.nextSibling, ArrowUp: item.previousSibling }[key.key];
      if (next) {
        key.preventDefault();
        next.firstChild.focus();
      }
    });
    document.addEventListener("keydown", (key) => {
      if (key.key === "Escape" && readHash().event) go({ ...readHash(), event: "" });
    });
    document.querySelector(".skip").addEventListener("click", (click) => {
      click.preventDefault();
      byId("list").focus();
    });
    window.addEventListener("hashchange", render);
  }
  function go(state) {
    const hash = hashOf(state);
    if (hash === (location.hash || "#")) render();
    else location.hash = hash;
  }

  function render() {
    const state = readHash();
    const result = found(state);
    const { rows } = result;
    for (const name of ["type", "status", "grade"]) byId(name).value = state[name] || "";
    byId("actor").value = result.actor || "";
    if (document.activeElement !== byId("q")) byId("q").value = state.q || "";
    byId("from").value = result.within ? result.within[0] : "";
    byId("to").value = result.within ? result.within[1] : "";
    byId("count").textContent = result.problems.length
      ? result.problems.join("; ")
      : `${rows.length.toLocaleString("en")} of ${events.length.toLocaleString("en")} events`;
    replace(byId("timeline"), timeline(rows, state, result));
    searchedNote(state, result);
    replace(byId("code"), code(state, result));
    const limit = showsAll ? rows.length : FIRST_ROWS;
    replace(byId("list"), rows.slice(0, limit).map((event) => row(event, state)));
    byId("more").hidden = rows.length <= limit;
    byId("more").textContent = `Show all ${rows.length.toLocaleString("en")}`;
    open(state);
  }

  function open(state) {
    const event = state.event && eventOf.get(state.event);
    const before = cameFrom;
    document.body.classList.toggle("reading", Boolean(state.event));
    document.title = event ? `${event.name} · autocoop` : "autocoop explorer";
    cameFrom = state.event || null;
    if (event) {
      replace(byId("detail"), detail(event, state));
      if (before !== state.event) {
        byId("detail").firstChild.scrollTop = 0;
        byId("detail").focus({ preventScroll: window.innerWidth > 992 });
      }
    } else if (state.event) {
      replace(byId("detail"), make("div", {}, make("p", {}, `There is no event “${state.event}”.`),
        make("a", { href: hashOf({ ...state, event: "" }) }, "Back to the list")));
    } else {
      replace(byId("detail"), make("div", {}, make("p", { class: "empty" },
        "Choose an event to see its values, the pages that report them, and those that differ.")));
      const item = before && byId("list").querySelector(`[data-id="${CSS.escape(before)}"] a`);
      if (item) item.focus();
    }
  }

  setUp();
  render();
})();
