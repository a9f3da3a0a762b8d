// Who may do what: kinds of effects by role, people, places and ways in. Only the owner changes it.

import { useEffect, useState } from "preact/hooks";
import { get, patch, post, put, remove, spoken } from "./api";
import { areaNames, areas, entities, toast } from "./state";
import { type Key, t } from "./text";
import type { Limits, Person, Role, Rules, RulesAnswer, Tier } from "./types";

export const TIERS: Tier[] = ["free", "announced", "confirmed", "pin", "never"];
const ROLES: Role[] = ["resident", "guest", "child"];
const WAYS = ["voice", "home_assistant", "mqtt"] as const;

export function WhoMayWhat() {
  return (
    <>
      <People />
      <RulesCard />
    </>
  );
}

/** The tier that holds for a role in the end: the stricter one of the household's and the role's own. */
export function effective(rules: Rules, usual: Tier, effect: string, role: Role): Tier {
  const all = rules.classes[effect] ?? usual;
  const own = role === "resident" ? all : (rules[role].tiers[effect] ?? "free");
  return TIERS.indexOf(own) < TIERS.indexOf(all) ? all : own;
}

/** The rules with another tier for a kind of effect; what is as usual is left out. */
export function withTier(rules: Rules, usual: Tier, effect: string, role: Role, tier: Tier): Rules {
  const set = (tiers: Record<string, Tier>, isUsual: boolean) => {
    const { [effect]: _old, ...rest } = tiers;
    return isUsual ? rest : { ...rest, [effect]: tier };
  };
  if (role === "resident") return { ...rules, classes: set(rules.classes, tier === usual) };
  const all = rules.classes[effect] ?? usual;
  return { ...rules, [role]: { ...rules[role], tiers: set(rules[role].tiers, tier === all) } };
}

function RulesCard() {
  const [answer, setAnswer] = useState<RulesAnswer | null>(null);
  const [rules, setRules] = useState<Rules | null>(null);
  const [password, setPassword] = useState("");
  const take = (now: RulesAnswer) => (setAnswer(now), setRules(now.rules));
  useEffect(() => void get<RulesAnswer>("rules").then(take, () => undefined), []);
  if (!answer || !rules) return null;
  const isChanged = JSON.stringify(rules) !== JSON.stringify(answer.rules);
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      take(await put<RulesAnswer>("rules", { rules, password }));
      setPassword("");
      toast(t("saved"));
    } catch (error) {
      toast(spoken(error), "bad");
    }
  };
  const limits = (role: "guest" | "child", part: Partial<Limits>) =>
    setRules({ ...rules, [role]: { ...rules[role], ...part } });
  const role = (kind: "places" | "ways", id: string, next: Role) => {
    const { [id]: _old, ...rest } = rules[kind];
    setRules({ ...rules, [kind]: next === "resident" ? rest : { ...rest, [id]: next } });
  };
  const thing = (id: string, tier: Tier | "usual") => {
    const { [id]: _old, ...rest } = rules.entities;
    setRules({ ...rules, entities: tier === "usual" ? rest : { ...rest, [id]: tier } });
  };
  const things = [...entities.value.values()]
    .filter((one) => one.controllable)
    .sort((one, other) => nameOf(one.id).localeCompare(nameOf(other.id)));
  return (
    <section class="card">
      <h2>{t("rulesTitle")}</h2>
      <p class="muted">{t("rulesText")}</p>
      <form onSubmit={(event) => void save(event)}>
        <div class="grid rules">
          <div class="grid-head">
            <span />
            {ROLES.map((one) => (
              <span key={one}>{t(one === "resident" ? "everyone" : (`role_${one}` as Key))}</span>
            ))}
          </div>
          {answer.usual.map(({ effect, tier: usual }) => (
            <div key={effect} class="grid-row">
              <span class="what-effect">{t(`effect_${effect}` as Key)}</span>
              {ROLES.map((one) => {
                const now = effective(rules, usual, effect, one);
                const least = one === "resident" ? "free" : (rules.classes[effect] ?? usual);
                return (
                  <select
                    key={one}
                    class={`field tier is-${now}`}

                    aria-label={`${t(`effect_${effect}` as Key)}: ${t(one === "resident" ? "everyone" : (`role_${one}` as Key))}`}
                    value={now}
                    onChange={(event) =>
                      setRules(withTier(rules, usual, effect, one, event.currentTarget.value as Tier))
                    }
                  >
                    {TIERS.filter((tier) => TIERS.indexOf(least) <= TIERS.indexOf(tier)).map((tier) => (
                      <option key={tier} value={tier}>
                        {t(`tier_${tier}` as Key)}
                      </option>
                    ))}
                  </select>
                );
              })}
            </div>
          ))}
        </div>
        {(["guest", "child"] as const).map((one) => (
          <fieldset key={one}>
            <legend>{t(`role_${one}`)}</legend>
            <label class="check">
              <input
                type="checkbox"
                checked={rules[one].may_edit}
                onChange={(event) => limits(one, { may_edit: event.currentTarget.checked })}
              />
              {t("mayEdit")}
            </label>
            <Heat heat={rules[one].heat} set={(heat) => limits(one, { heat })} />
          </fieldset>
        ))}
        <fieldset>
          <legend>{t("thingsTitle")}</legend>
          <p class="muted">{t("thingsText")}</p>
          <div class="grid pairs">
            {Object.entries(rules.entities).map(([id, tier]) => (
              <label key={id}>
                {nameOf(id)}
                <select
                  class={`field tier is-${tier}`}
                  value={tier}
                  onChange={(event) => thing(id, event.currentTarget.value as Tier | "usual")}
                >
                  <option value="usual">{t("tier_usual")}</option>
                  {TIERS.map((one) => (
                    <option key={one} value={one}>
                      {t(`tier_${one}` as Key)}
                    </option>
                  ))}
                </select>
              </label>
            ))}
          </div>
          <select
            class="field"
            aria-label={t("addThing")}
            value=""
            onChange={(event) => event.currentTarget.value && thing(event.currentTarget.value, "confirmed")}
          >
            <option value="">{t("addThing")}</option>
            {things
              .filter((one) => !(one.id in rules.entities))
              .map((one) => (
                <option key={one.id} value={one.id}>
                  {nameOf(one.id)}
                </option>
              ))}
          </select>
        </fieldset>
        <fieldset>
          <legend>{t("placesTitle")}</legend>
          <p class="muted">{t("placesText")}</p>
          <div class="grid pairs">
            {areas.value.map((area) => (
              <label key={area.id}>
                {area.name}
                <RoleSelect
                  value={rules.places[area.id] ?? "resident"}
                  usual="placeUsual"
                  set={(next) => role("places", area.id, next)}
                />
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{t("waysTitle")}</legend>
          <p class="muted">{t("waysText")}</p>
          <div class="grid pairs">
            {WAYS.map((way) => (
              <label key={way}>
                {t(`way_${way}`)}
                <RoleSelect
                  value={rules.ways[way] ?? "resident"}
                  usual="role_resident"
                  set={(next) => role("ways", way, next)}
                />
              </label>
            ))}
          </div>
        </fieldset>
        {isChanged && (
          <div class="row save">
            <input
              class="field"
              type="password"
              autocomplete="current-password"
              placeholder={t("password")}
              aria-label={t("password")}
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
            <button class="button primary" disabled={!password}>
              {t("save")}
            </button>
            <button type="button" class="button" onClick={() => setRules(answer.rules)}>
              {t("discard")}
            </button>
          </div>
        )}
      </form>
    </section>
  );
}

/** A thing's name with its room. */
function nameOf(id: string): string {
  const entity = entities.value.get(id);
  return entity ? [areaNames.value.get(entity.area ?? ""), entity.name].filter(Boolean).join(" · ") : id;
}

function RoleSelect({ value, usual, set }: { value: Role; usual: Key; set: (role: Role) => void }) {
  return (
    <select class="field" value={value} onChange={(event) => set(event.currentTarget.value as Role)}>
      {ROLES.map((one) => (
        <option key={one} value={one}>
          {t(one === "resident" ? usual : (`role_${one}` as Key))}
        </option>
      ))}
    </select>
  );
}

function Heat({
  heat,
  set,
}: {
  heat: [number, number] | null;
  set: (heat: [number, number] | null) => void;
}) {
  const field = (index: 0 | 1, label: Key) => (
    <label class="labelled">
      {t(label)}
      <input
        class="field"
        type="number"
        min={5}
        max={35}
        step={0.5}
        value={heat?.[index]}
        onInput={(event) => {
          const next: [number, number] = [heat?.[0] ?? 16, heat?.[1] ?? 24];
          next[index] = Number(event.currentTarget.value);
          set(next);
        }}
      />
    </label>
  );
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={heat !== null}
          onChange={(event) => set(event.currentTarget.checked ? [16, 24] : null)}
        />
        {t("heatLimit")}
      </label>
      {heat && (
        <div class="row">
          {field(0, "heatLeast")}
          {field(1, "heatMost")}
        </div>
      )}
    </>
  );
}

function People() {
  const [people, setPeople] = useState<Person[]>([]);
  const [fresh, setFresh] = useState<{ name: string; role: Role; password: string }>({
    name: "",
    role: "guest",
    password: "",
  });
  const load = () => get<Person[]>("people").then(setPeople, () => undefined);
  useEffect(() => void load(), []);
  const told = async (call: Promise<unknown>) => {
    await call.then(
      () => toast(t("saved")),
      (error: unknown) => toast(spoken(error), "bad"),
    );
    await load();
  };
  const add = async (event: Event) => {
    event.preventDefault();
    await told(
      post("people", {
        name: fresh.name,
        role: fresh.role,
        ...(fresh.password ? { password: fresh.password } : {}),
      }),
    );
    setFresh({ name: "", role: "guest", password: "" });
  };
  const rename = (person: Person) => {
    const name = prompt(t("newName"), person.name)?.trim();
    if (name && name !== person.name) void told(patch(`people/${person.id}`, { name }));
  };
  return (
    <section class="card">
      <h2>{t("peopleTitle")}</h2>
      <p class="muted">{t("peopleText")}</p>
      <ul class="tokens">
        {people.map((person) => (
          <li key={person.id}>
            <span>
              {person.name}
              <small>
                {person.is_owner ? t("isOwner") : t(person.has_login ? "hasLogin" : "hasNoLogin")}
              </small>
            </span>
            <span class="row">
              {!person.is_owner && (
                <select
                  class="field"
                  aria-label={`${person.name}: ${t("role")}`}
                  value={person.role}
                  onChange={(event) =>
                    void told(patch(`people/${person.id}`, { role: event.currentTarget.value }))
                  }
                >
                  {ROLES.map((one) => (
                    <option key={one} value={one}>
                      {t(`role_${one}` as Key)}
                    </option>
                  ))}
                </select>
              )}
              <button type="button" class="button quiet" onClick={() => rename(person)}>
                {t("rename")}
              </button>
              {!person.is_owner && (
                <button
                  type="button"
                  class="button quiet"
                  onClick={() =>
                    confirm(t("removeSure", { name: person.name })) &&
                    void told(remove(`people/${person.id}`))
                  }
                >
                  {t("removePerson")}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={(event) => void add(event)}>
        <input
          class="field"
          maxLength={40}
          placeholder={t("name")}
          aria-label={t("name")}
          value={fresh.name}
          onInput={(event) => setFresh({ ...fresh, name: event.currentTarget.value })}
        />
        <select
          class="field"
          aria-label={t("role")}
          value={fresh.role}
          onChange={(event) => setFresh({ ...fresh, role: event.currentTarget.value as Role })}
        >
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {t(`role_${one}` as Key)}
            </option>
          ))}
        </select>
        <input
          class="field"
          type="password"
          autocomplete="new-password"
          placeholder={t("passwordOptional")}
          aria-label={t("passwordOptional")}
          value={fresh.password}
          onInput={(event) => setFresh({ ...fresh, password: event.currentTarget.value })}
        />
        <button
          class="button"
          disabled={!fresh.name.trim() || (0 < fresh.password.length && fresh.password.length < 8)}
        >
          {t("addPerson")}
        </button>
      </form>
    </section>
  );
}
