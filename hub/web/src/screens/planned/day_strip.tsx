// The last days by their hours: when people did it, when the routine would have, and the habit's band.

import type { Suggestion } from "../../api/types";
import { t } from "../../i18n/text";

export function DayStrip({ suggestion }: { suggestion: Suggestion }) {
  const { days, band_min: band } = suggestion;
  const height = days.length * ROW;
  const x = (minute: number) => (minute / DAY_MIN) * WIDTH;
  const done = days.reduce((sum, day) => sum + day.done_min.length, 0);
  return (
    <figure class="strip">
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("stripLabel", { done, days: days.length })}
      >
        {[6, 12, 18].map((hour) => (
          <line key={hour} class="hour" x1={x(hour * 60)} x2={x(hour * 60)} y1="0" y2={height} />
        ))}
        {band &&
          bands(band[0] ?? 0, band[1] ?? 0).map(([from, to]) => (
            <rect key={from} class="band" x={x(from)} width={x(to - from)} y="0" height={height} />
          ))}
        {days.map((day, row) => (
          <g key={day.date}>
            {day.would_min.map((minute) => (
              <line
                key={`w${minute}`}
                class="would"
                x1={x(minute)}
                x2={x(minute)}
                y1={row * ROW}
                y2={row * ROW + ROW}
              />
            ))}
            {day.done_min.map((minute) => (
              <ellipse
                key={`d${minute}`}
                class="done"
                cx={x(minute)}
                cy={row * ROW + ROW / 2}
                rx={DOT}
                ry={DOT}
              />
            ))}
          </g>
        ))}
      </svg>
      <figcaption aria-hidden="true">
        {[0, 6, 12, 18, 24].map((hour) => (
          <span key={hour}>{hour}</span>
        ))}
      </figcaption>
    </figure>
  );
}

/** The stretches of a day that a band covers, widened so that it can be seen; it may go over midnight. */
function bands(from: number, to: number): [number, number][] {
  const start = (from - LEAST_BAND_MIN + DAY_MIN) % DAY_MIN;
  const end = (to + LEAST_BAND_MIN) % DAY_MIN;
  return start < end
    ? [[start, end]]
    : [
        [0, end],
        [start, DAY_MIN],
      ];
}

const DAY_MIN = 1440;
const WIDTH = 720;
const ROW = 6;
const DOT = 2.6;
const LEAST_BAND_MIN = 6;
