// The rooms to choose from in a list, after the choice of none.

import { type Key, t } from "../i18n/text";
import { areas } from "../state/house";

export function AreaOptions({ none }: { none: Key }) {
  return (
    <>
      <option value="">{t(none)}</option>
      {areas.value.map((area) => (
        <option key={area.id} value={area.id}>
          {area.name}
        </option>
      ))}
    </>
  );
}
