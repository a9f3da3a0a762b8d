"""Cuts a word into pieces as llama.cpp does: the path of the highest sum of scores."""

UNKNOWN_BELOW = 10.0
LONGEST = 24


class Pieces:
    """Pieces with their scores; ids are places in the list."""

    def __init__(self, pieces, scores, unknown):
        self.table = {piece: (float(score), i) for i, (piece, score) in enumerate(zip(pieces, scores)) if piece}
        self.all = list(zip(pieces, map(float, scores)))
        self.unknown = (float(min(scores)) - UNKNOWN_BELOW, unknown)
        self.known = {}

    def cut(self, word):
        """Ids of a word that has a space before it, or of a single Chinese character without one."""
        if word not in self.known:
            self.known[word] = self.best(word.replace(" ", "\u2581"))
        return self.known[word]

    def best(self, word):
        count = len(word)
        best = [(0.0, 0, -1)] + [(float("-inf"), 0, -1)] * count
        for i in range(count):
            for j in range(i + 1, min(count, i + LONGEST) + 1):
                found = self.table.get(word[i:j]) or (self.unknown if j == i + 1 else None)
                if found is not None and best[j][0] < best[i][0] + found[0]:
                    best[j] = (best[i][0] + found[0], i, found[1])
        ids, at = [], count
        while at:
            ids.append(best[at][2])
            at = best[at][1]
        return ids[::-1]
