// Who lives here: their roles, and whether they log in.

import { useState } from "preact/hooks";
import { patch, post, remove } from "../../api/client";
import type { Person, Role } from "../../api/types";
import { t } from "../../i18n/text";
import { personName } from "../../state/login";
import { useLoaded } from "../../state/loaded";
import { RoleSelect } from "./rule_selects";
import { tellSaved } from "./saved";

export function People() {
  const [people, load] = useLoaded<Person[]>("people");
  const change = async (call: Promise<unknown>) => {
    await tellSaved(call);
    await load();
  };
  return (
    <section class="card">
      <h2>{t("peopleTitle")}</h2>
      <p class="muted">{t("peopleText")}</p>
      <ul class="tokens">
        {people?.map((person) => (
          <PersonRow key={person.id} person={person} change={change} />
        ))}
      </ul>
      <NewPerson add={(body) => change(post("people", body))} />
    </section>
  );
}

function PersonRow({
  person,
  change,
}: {
  person: Person;
  change: (call: Promise<unknown>) => Promise<void>;
}) {
  const rename = () => {
    const name = prompt(t("newName"), person.name)?.trim();
    if (name && name !== person.name) void change(patch(`people/${person.id}`, { name }));
  };
  const takeOut = () => {
    if (confirm(t("removeSure", { name: person.name }))) void change(remove(`people/${person.id}`));
  };
  return (
    <li>
      <span>
        {personName(person)}
        <small>{person.is_owner ? t("isOwner") : t(person.has_login ? "hasLogin" : "hasNoLogin")}</small>
      </span>
      <span class="row">
        {!person.is_owner && (
          <RoleSelect
            label={`${personName(person)}: ${t("role")}`}
            value={person.role}
            set={(role) => void change(patch(`people/${person.id}`, { role }))}
          />
        )}
        <button
          type="button"
          class="button quiet"
          aria-label={`${t("rename")}: ${personName(person)}`}
          onClick={rename}
        >
          {t("rename")}
        </button>
        {!person.is_owner && (
          <button
            type="button"
            class="button quiet"
            aria-label={`${t("removePerson")}: ${personName(person)}`}
            onClick={takeOut}
          >
            {t("removePerson")}
          </button>
        )}
      </span>
    </li>
  );
}

interface Fresh {
  name: string;
  role: Role;
  password: string;
}

function NewPerson({ add }: { add: (body: object) => Promise<void> }) {
  const [fresh, setFresh] = useState<Fresh>(NOBODY);
  const send = async (event: Event) => {
    event.preventDefault();
    const { name, role, password } = fresh;
    await add({ name, role, ...(password ? { password } : {}) });
    setFresh(NOBODY);
  };
  const isShort = 0 < fresh.password.length && fresh.password.length < MIN_PASSWORD;
  return (
    <form class="row" onSubmit={(event) => void send(event)}>
      <input
        class="field"
        maxLength={40}
        placeholder={t("name")}
        aria-label={t("name")}
        value={fresh.name}
        onInput={(event) => setFresh({ ...fresh, name: event.currentTarget.value })}
      />
      <RoleSelect label={t("role")} value={fresh.role} set={(role) => setFresh({ ...fresh, role })} />
      <input
        class="field"
        type="password"
        autocomplete="new-password"
        placeholder={t("passwordOptional")}
        aria-label={t("passwordOptional")}
        value={fresh.password}
        onInput={(event) => setFresh({ ...fresh, password: event.currentTarget.value })}
      />
      <button type="submit" class="button" disabled={!fresh.name.trim() || isShort}>
        {t("addPerson")}
      </button>
    </form>
  );
}

const NOBODY: Fresh = { name: "", role: "guest", password: "" };
const MIN_PASSWORD = 8;
