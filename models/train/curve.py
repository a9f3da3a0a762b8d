"""Draws a log's losses and dev scores as SVG, without a plotting library."""

import json
import sys
from pathlib import Path

WIDTH, HEIGHT, EDGE = 760, 380, 48
COLOURS = ["#c2410c", "#0369a1", "#15803d", "#7e22ce", "#a16207", "#be123c"]


def draw(log, out):
    lines = [json.loads(line) for line in Path(log).read_text(encoding="utf-8").splitlines()]
    series = {"loss of a code": [(e["minutes"], e["loss"]) for e in lines if "loss" in e]}
    for entry in lines:
        if "exact" in entry:
            series.setdefault(f"{entry['dev']}: exact match / 100", []).append((entry["minutes"], entry["exact"] / 100))
    series = {name: points for name, points in series.items() if points}
    if series:
        Path(out).write_text(picture(series), encoding="utf-8")


def picture(series):
    across = max(x for points in series.values() for x, _ in points) or 1
    up = max(1.0, min(2.0, max(y for points in series.values() for _, y in points)))

    def place(x, y):
        x = EDGE + x / across * (WIDTH - 2 * EDGE)
        return f"{x:.1f},{HEIGHT - EDGE - min(y, up) / up * (HEIGHT - 2 * EDGE):.1f}"

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">']
    parts.append(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>')
    for tenth in range(0, 11, 2):
        y = tenth / 10 * up
        left, right = place(0, y), place(across, y)
        parts.append(f'<polyline points="{left} {right}" stroke="#ddd"/>')
        parts.append(f'<text x="8" y="{left.split(",")[1]}">{y:.1f}</text>')
    for n, (name, points) in enumerate(series.items()):
        colour = COLOURS[n % len(COLOURS)]
        path = " ".join(place(x, y) for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        parts.append(f'<text x="{WIDTH - 300}" y="{20 + 16 * n}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{WIDTH // 2}" y="{HEIGHT - 12}">minutes, of {across:.0f}</text></svg>')
    return "\n".join(parts)


if __name__ == "__main__":
    draw(*sys.argv[1:3])
