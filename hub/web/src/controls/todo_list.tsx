// A list: its items to tick off, and a field for one more.

import { useState } from "preact/hooks";
import { t } from "../i18n/text";
import { items } from "./attributes";
import type { ControlProps } from "./run";

export function TodoList({ entity, run }: ControlProps) {
  const [item, setItem] = useState("");
  const add = async (event: Event) => {
    event.preventDefault();
    const words = item.trim();
    if (!words) return;
    setItem("");
    await run("add_item", { item: words });
  };
  return (
    <>
      <ul class="items">
        {items(entity).map((one) => (
          <li key={one}>
            <label>
              <input
                type="checkbox"
                checked={false}
                aria-label={t("tick", { item: one })}
                onChange={(event) => {
                  // It stays in the list until the device says otherwise.
                  event.currentTarget.checked = false;
                  void run("update_item", { item: one, status: "completed" });
                }}
              />
              <span>{one}</span>
            </label>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={(event) => void add(event)}>
        <input
          class="field"
          maxLength={200}
          placeholder={t("addItem")}
          aria-label={t("addItem")}
          value={item}
          onInput={(event) => setItem(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={!item.trim()}>
          {t("add")}
        </button>
      </form>
    </>
  );
}
