#include "problems/glm/data.hpp"

#include <algorithm>
#include <bit>
#include <climits>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

constexpr int mostSquare = 2000;  // columns whose pairs are all held

void endLine(SparsePattern& pattern) {
  if (pattern.indices.size() > at(INT_MAX)) {
    throw Error(ErrorKind::solver, "the Hessian has more entries than an int counts", "TOO_LARGE");
  }
  pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
}

void takeRows(const SparseMatrix& from, const std::vector<int>& rows, SparseMatrix& to) {
  std::size_t entries = 0;
  for (const int i : rows) entries += at(from.offsets[at(i) + 1] - from.offsets[at(i)]);
  to.indices.reserve(entries);
  to.values.reserve(entries);
  to.offsets.push_back(0);
  for (const int i : rows) {
    const auto begin = from.offsets[at(i)], end = from.offsets[at(i) + 1];
    to.indices.insert(to.indices.end(), from.indices.begin() + begin, from.indices.begin() + end);
    to.values.insert(to.values.end(), from.values.begin() + begin, from.values.begin() + end);
    to.offsets.push_back(static_cast<int>(to.indices.size()));
  }
}

void stopIfEnding(const Cpu& la) {
  if (la.ending()) throw Interrupted{};
}

/// The lines of all parts, one part after the other; the parts are left empty.
SparsePattern joined(std::vector<SparsePattern>& parts, int width, const Cpu& la) {
  SparsePattern pattern{.lines = width, .width = width, .offsets = {0}, .indices = {}};
  std::size_t entries = 0;
  for (const SparsePattern& part : parts) entries += part.indices.size();
  pattern.indices.reserve(entries);
  for (SparsePattern& part : parts) {
    for (std::size_t l = 0; l + 1 < part.offsets.size(); ++l) {
      if (l % 64 == 0) stopIfEnding(la);
      pattern.indices.insert(pattern.indices.end(), part.indices.begin() + part.offsets[l],
                             part.indices.begin() + part.offsets[l + 1]);
      endLine(pattern);
    }
    part = {};
  }
  return pattern;
}

}  // namespace

GlmData::GlmData(const GlmData& whole, const Analysis& analysis, const RowSample& sample) {
  const Rows& all = whole.rows_;
  rows_.family = all.family;
  rows_.ridge = all.ridge;
  rows_.weights = sample.weights;
  rows_.matrix.rows = static_cast<int>(sample.rows.size());
  rows_.matrix.columns = whole.columns();
  for (const int i : sample.rows) {
    rows_.y.push_back(all.y[at(i)]);
    if (!all.offset.empty()) rows_.offset.push_back(all.offset[at(i)]);
  }
  if (!whole.dense()) takeRows(all.matrix, sample.rows, rows_.matrix);
  const auto made = std::make_shared<Analysis>();
  made->hessian = analysis.hessian;
  made->gram = withoutTree(made->work);
  given_ = made;
}

std::shared_ptr<const GlmData::Analysis> GlmData::analysis(const Cpu& la) const {
  if (given_) return given_;
  const auto orNull = [&]() -> std::shared_ptr<const Analysis> {
    try {
      return analysis_.get([&] { return analyse(la); }, [&] { return la.ending(); });
    } catch (const Interrupted&) {
      return nullptr;
    }
  };
  if (auto made = orNull()) return made;
  Analysis none;
  none.hessian = {
      .lines = columns(), .width = columns(), .offsets = std::vector<int>(at(columns()) + 1), .indices = {}};
  none.gram = dense() ? Gram::blocks : Gram::rows;
  return std::make_shared<const Analysis>(std::move(none));
}

std::shared_ptr<const GlmData::Analysis> GlmData::analyse(const Cpu& la) const {
  if (rows_.ranks) return analyseOverRanks();
  auto made = std::make_shared<Analysis>();
  made->gram = withoutTree(made->work);
  const double n = columns();
  if (dense()) {
    requireMemory(2 * n * n, "the Hessian's pattern of x with " + show(columns()) + " columns needs");
    made->hessian = allPairs();
    return made;
  }
  const bool square = columns() <= mostSquare;
  if (square) made->hessian = pairsByRows(la);
  if (!square || static_cast<double>(made->hessian.nonzeros()) < 0.05 * n * n) {
    made->gram = Gram::columns;
    made->columns = transposedPlaces(rows_.matrix.view(), [&] { stopIfEnding(la); });
    if (!square) made->hessian = pairsByColumns(made->columns, la);
    return made;
  }
  made->tree = RowTree::of(rows_.matrix, la);
  if (!made->tree) return made;
  made->gram = Gram::tree;
  made->work.hessian = RowWork::perPiece * made->tree->cost();  // the passes are included
  made->work.gradient = RowWork::perRow * count();
  return made;
}

/// A pattern that is the same on all ranks, whatever rows they have, and the work of the one that has most.
std::shared_ptr<const GlmData::Analysis> GlmData::analyseOverRanks() const {
  constexpr int mostColumns = 4096;
  if (columns() > mostColumns) {
    throw Error(ErrorKind::solver,
                "x has " + show(columns()) + " columns: over ranks up to " + show(mostColumns) + " are possible",
                "UNSUPPORTED");
  }
  auto made = std::make_shared<Analysis>();
  made->gram = withoutTree(made->work);
  made->work.hessian = rows_.ranks->max(made->work.hessian);
  made->work.gradient = rows_.ranks->max(made->work.gradient);
  made->hessian = allPairs();
  return made;
}

GlmData::Gram GlmData::withoutTree(RowWork& work) const {
  const double n = columns(), rows = count();
  const double squares = rows * n * (n + 1);
  double entries = rows * n, updates = INFINITY;
  if (!dense()) {
    entries = static_cast<double>(rows_.matrix.indices.size());
    updates = 0;
    const std::vector<int>& offsets = rows_.matrix.offsets;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
      const double size = offsets[i + 1] - offsets[i];
      updates += 0.5 * size * (size + 1);
    }
  }
  const bool byRows = RowTree::flopsPerUpdate * updates < squares;
  work.hessian = byRows ? RowTree::flopsPerUpdate * updates : squares;
  work.gradient = RowWork::perEntry * entries + RowWork::perRow * rows;
  work.ofRow = work.iteration() / std::max(1.0, rows);
  return byRows ? Gram::rows : Gram::blocks;
}

// The pattern of A^T A below the diagonal, and of the diagonal where there is a ridge
// -----------------------------------

SparsePattern GlmData::allPairs() const {
  const int n = columns();
  SparsePattern pattern{.lines = n, .width = n, .offsets = {0}, .indices = {}};
  for (int j = 0; j < n; ++j) {
    for (int i = j; i < n; ++i) pattern.indices.push_back(i);
    endLine(pattern);
  }
  return pattern;
}

/// Finds the pairs of columns that share a row, with a bit for each pair.
SparsePattern GlmData::pairsByRows(const Cpu& la) const {
  using Word = std::uint64_t;
  const int n = columns();
  const SparseMatrix& A = rows_.matrix;
  const std::size_t words = at(n) / 64 + 1;
  std::vector<Word> seen(at(n) * words), row(words);
  const auto bit = [](int j) { return Word{1} << j % 64; };
  const auto word = [](int j) { return at(j) / 64; };
  for (int i = 0; i < count(); ++i) {
    if (i % 1024 == 0) stopIfEnding(la);
    const int begin = A.offsets[at(i)], end = A.offsets[at(i) + 1];
    if (begin == end) continue;
    const std::size_t last = word(A.indices[at(end - 1)]) + 1;
    for (int k = begin; k < end; ++k) row[word(A.indices[at(k)])] |= bit(A.indices[at(k)]);
    for (int k = begin; k < end; ++k) {
      const int j = A.indices[at(k)];
      for (std::size_t w = word(j); w < last; ++w) seen[at(j) * words + w] |= row[w];
    }
    for (int k = begin; k < end; ++k) row[word(A.indices[at(k)])] = 0;
  }
  SparsePattern pattern{.lines = n, .width = n, .offsets = {0}, .indices = {}};
  for (int j = 0; j < n; ++j) {
    Word* line = seen.data() + at(j) * words;
    if (rows_.ridge[at(j)] != 0) line[word(j)] |= bit(j);
    line[word(j)] &= ~(bit(j) - 1);
    for (std::size_t w = word(j); w < words; ++w) {
      for (Word rest = line[w]; rest != 0; rest &= rest - 1) {
        pattern.indices.push_back(static_cast<int>(64 * w) + std::countr_zero(rest));
      }
    }
    endLine(pattern);
  }
  return pattern;
}

SparsePattern GlmData::pairsByColumns(const ListedPattern& transposed, const Cpu& la) const {
  const int n = columns();
  const SparseMatrix& A = rows_.matrix;
  constexpr int ranges = 32;
  const auto border = [&](int r) { return static_cast<int>(static_cast<long long>(n) * r / ranges); };
  std::vector<SparsePattern> parts(ranges);
  la.tasks(ranges, [&](int r) {
    SparsePattern& part = parts[at(r)];
    std::vector<int> seen(at(n), -1);
    for (int j = border(r); j < border(r + 1); ++j) {
      stopIfEnding(la);
      const std::size_t begin = part.indices.size();
      const auto see = [&](int i) {
        if (seen[at(i)] == j) return;
        seen[at(i)] = j;
        part.indices.push_back(i);
      };
      if (rows_.ridge[at(j)] != 0) see(j);
      const SparsePattern& entries = transposed.pattern;
      for (int c = entries.offsets[at(j)]; c < entries.offsets[at(j) + 1]; ++c) {
        const int end = A.offsets[at(entries.indices[at(c)]) + 1];
        for (int k = transposed.order[at(c)]; k < end; ++k) see(A.indices[at(k)]);
      }
      std::sort(part.indices.begin() + static_cast<std::ptrdiff_t>(begin), part.indices.end());
      endLine(part);
    }
  });
  return joined(parts, n, la);
}

double GlmData::meanResponse() const {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < rows_.y.size(); ++i) {
    sum += rows_.weights[i] * rows_.y[i];
    total += rows_.weights[i];
  }
  return sum / total;
}

std::size_t GlmData::bytes() const {
  const double n = columns(), square = 2 * n * n;  // `square`: size of the pattern, if it is full
  const double tree = columns() <= mostSquare ? 1 : 0;
  return static_cast<std::size_t>((12 + 8 * tree) * static_cast<double>(rows_.matrix.indices.size()) + 24.0 * count() +
                                  (dense() || tree > 0 ? square : 0));
}

}  // namespace nonconvex
