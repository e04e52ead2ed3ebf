#include "expressions/sparse_hessian.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include "core/error.hpp"
#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "linalg/blas.hpp"
#include "linalg/sparse/column_stretches.hpp"
#include "linalg/vector_kernels.hpp"

namespace nonconvex {

namespace {

constexpr int one = SparseJacobian::one;
constexpr std::size_t mostWritten = 64;  // products of two rows of D that are written down one by one
constexpr int gramTile = 128;            // rows of a dense matrix at a time

std::ptrdiff_t distance(std::size_t k) { return static_cast<std::ptrdiff_t>(k); }

constexpr int stretchBlock = 128;  // columns at a time

/// sums[r] = sum_t weighted[terms[t] + r]; of a term ~t, the same number for all r.
NONCONVEX_CLONES void sumStretches(const double* weighted, std::span<const int> terms, int count,
                                   double* __restrict sums) {
  std::fill_n(sums, count, 0.0);
  for (const int term : terms) {
    if (term < 0) {
      const double all = weighted[~term];
      for (int r = 0; r < count; ++r) sums[r] += all;
      continue;
    }
    const double* from = weighted + term;
    for (int r = 0; r < count; ++r) sums[r] += from[r];
  }
}

/// out[r period + q] = sums[q stretchBlock + r]
NONCONVEX_CLONES void interleave(const double* sums, int period, int count, double* __restrict out) {
  withPeriod(
      period, [&]<int fixed>() __attribute__((always_inline)) {
        const int stride = fixed > 0 ? fixed : period;
        for (int r = 0; r < count; ++r) {
#pragma GCC unroll 4
          for (int q = 0; q < stride; ++q) out[r * stride + q] = sums[q * stretchBlock + r];
        }
      });
}

/// Which entries of the lower triangle of A^T A are not zero by structure.
SparsePattern gramPattern(const ConstantMatrix& A) {
  constexpr std::size_t wordBits = 64;
  const std::size_t width = at(A.columns);
  const std::size_t words = (width + wordBits - 1) / wordBits;
  std::vector<std::uint64_t> cover(width * words, 0);
  std::vector<std::uint64_t> bits(words);
  std::vector<std::uint64_t> before(words, 0);
  const auto full = [&] {
    for (std::size_t p = 0; p < width; ++p) {
      for (std::size_t q = p / wordBits; q < words; ++q) {
        const std::size_t inWord = std::min(wordBits, width - q * wordBits);
        const std::uint64_t all = inWord == wordBits ? ~std::uint64_t{0} : (std::uint64_t{1} << inWord) - 1;
        if (cover[p * words + q] != all) return false;
      }
    }
    return true;
  };
  for (int i = 0; i < A.rows; ++i) {
    std::fill(bits.begin(), bits.end(), 0);
    for (std::size_t j = 0; j < width; ++j) {
      if (A.entry(i, static_cast<int>(j)) != 0) bits[j / wordBits] |= std::uint64_t{1} << j % wordBits;
    }
    if (bits == before) continue;
    before = bits;
    for (std::size_t p = 0; p < width; ++p) {
      if ((bits[p / wordBits] >> p % wordBits & 1) == 0) continue;
      for (std::size_t q = 0; q < words; ++q) cover[p * words + q] |= bits[q];
    }
    if (full()) break;
  }
  SparsePattern pattern;
  pattern.lines = pattern.width = A.columns;
  for (std::size_t p = 0; p < width; ++p) {
    for (std::size_t q = p; q < width; ++q) {
      if ((cover[p * words + q / wordBits] >> q % wordBits & 1) != 0) pattern.indices.push_back(static_cast<int>(q));
    }
    pattern.offsets.push_back(checkedSize(pattern.indices.size(), "the Hessian"));
  }
  return pattern;
}

}  // namespace

/// Products by column, and rows that were met.
struct SparseHessian::Columns {
  explicit Columns(int n) : mark(at(n), -1) {}
  void note(int row, int column) {
    if (mark[at(row)] == column) return;
    mark[at(row)] = column;
    rows.push_back(row);
  }

  std::vector<std::size_t> offsets;
  std::vector<Product> products;
  std::vector<int> mark;
  std::vector<int> rows;
};

SparseHessian::SparseHessian(const CompiledStages& model, const SparseJacobian& jacobian, const Cpu& la)
    : model_(model), jacobian_(jacobian), n_(model.plan().variables) {
  Columns columns(n_);
  collect(columns, la);
  collectOuters(la);
  pattern_.lines = pattern_.width = n_;
  for (int p = 0; p < n_; ++p) {
    la.abortPoint();
    addColumn(p, columns);
  }
  findStretches();
}

/// Calls use(column, product) for each product that is written down, and the other three for what is not: outer
/// products, Gram matrices and borders.
template <class Use, class UseOuter, class UseGram, class UseBorder>
void SparseHessian::forEachSecond(const Cpu& la, Use&& use, UseOuter&& useOuter, UseGram&& useGram,
                                  UseBorder&& useBorder) const {
  for (const Kernel& kernel : model_.kernels()) {
    for (const Kernel::Second& second : kernel.seconds()) {
      if (const DenseStage* dense = jacobian_.gramOf(kernel, second)) {
        useGram(*dense, second.weight);
        continue;
      }
      if (const auto [dense, variable] = jacobian_.borderOf(kernel, second); dense != nullptr) {
        useBorder(*dense, variable, second.weight);
        continue;
      }
      const bool square = second.a == second.b;
      for (int r = 0; r < kernel.rows(); ++r) {
        if (r % 256 == 0) la.abortPoint();
        const Outer outer = {second.weight + r, kernel.input(second.a).at(r), kernel.input(second.b).at(r)};
        if (length(outer.u) * length(outer.v) > mostWritten) {
          useOuter(outer, square);
        } else {
          forEachProduct(outer, square, use);
        }
      }
    }
  }
}

template <class Use>
void SparseHessian::forEachProduct(const Outer& outer, bool square, Use&& use) const {
  const SparseJacobian& D = jacobian_;
  const auto column = [&](int value, std::size_t k) {
    return value < n_ ? value : D.columns()[D.row(value).begin + k];
  };
  const auto entry = [&](int value, std::size_t k) {
    return value < n_ ? one : D.rowEntries()[D.row(value).begin + k];
  };
  for (std::size_t i = 0; i < length(outer.u); ++i) {
    for (std::size_t j = square ? i : 0; j < length(outer.v); ++j) {
      const int p = column(outer.u, i);
      const int q = column(outer.v, j);
      const Product product = {std::max(p, q), outer.weight, entry(outer.u, i), entry(outer.v, j)};
      use(std::min(p, q), product);
      // (u v^T + v u^T) has an entry of its diagonal twice; so has u u^T one of two of its products.
      if (p == q && (!square || i != j)) use(p, product);
    }
  }
}

/// Goes through all products twice: to count them, and to store them by column.
void SparseHessian::collect(Columns& columns, const Cpu& la) {
  columns.offsets.assign(at(n_) + 1, 0);
  forEachSecond(
      la, [&](int p, const Product&) { ++columns.offsets[at(p) + 1]; },
      [&](const Outer& outer, bool square) {
        outers_.push_back(outer);
        if (!square) outers_.push_back({outer.weight, outer.v, outer.u});
      },
      [&](const DenseStage& dense, int weight) { addGram(dense, weight); },
      [&](const DenseStage& dense, int variable, int weight) { addBorder(dense, variable, weight); });
  std::partial_sum(columns.offsets.begin(), columns.offsets.end(), columns.offsets.begin());
  resizeInPieces(columns.products, at(checkedSize(columns.offsets.back(), "the Hessian's sum of products")),
                 [&] { la.abortPoint(); });
  std::vector<std::size_t> next(columns.offsets.begin(), columns.offsets.end() - 1);
  forEachSecond(
      la, [&](int p, const Product& product) { columns.products[next[at(p)]++] = product; }, [](const Outer&, bool) {},
      [](const DenseStage&, int) {}, [](const DenseStage&, int, int) {});
}

void SparseHessian::addBorder(const DenseStage& dense, int variable, int weight) {
  const ConstantMatrix& A = *dense.matrix;
  borders_.push_back({dense.matrix, weight, dense.input.at(0), variable, std::vector<int>(at(A.columns), -1)});
  std::vector<int>& places = borders_.back().places;
  for (int i = 0; i < A.rows; ++i) {
    for (int j = 0; j < A.columns; ++j) {
      if (A.entry(i, j) != 0) places[at(j)] = 0;
    }
  }
}

void SparseHessian::addGram(const DenseStage& dense, int weight) {
  for (const Gram& gram : grams_) {
    if (gram.matrix != dense.matrix) continue;
    grams_.push_back({dense.matrix, weight, dense.input.at(0), gram.pattern, {}});
    return;
  }
  grams_.push_back({dense.matrix, weight, dense.input.at(0), gramPattern(*dense.matrix), {}});
}

/// Lists, for each column, the outer products that have it in u.
void SparseHessian::collectOuters(const Cpu& la) {
  const SparseJacobian& D = jacobian_;
  const auto forEach = [&](auto&& use) {
    constexpr std::size_t atOnce = 4096;  // outer products between two checks: each may have a few dozen numbers
    for (std::size_t o = 0; o < outers_.size(); ++o) {
      if (o % atOnce == 0) la.abortPoint();
      const int u = outers_[o].u;
      if (u < n_) {
        use(static_cast<int>(o), u, one);
      } else {
        const SparseJacobian::Row row = D.row(u);
        for (std::size_t k = row.begin; k < row.end; ++k) use(static_cast<int>(o), D.columns()[k], D.rowEntries()[k]);
      }
    }
  };
  outerOffsets_.assign(at(n_) + 1, 0);
  forEach([&](int, int p, int) { ++outerOffsets_[at(p) + 1]; });
  std::partial_sum(outerOffsets_.begin(), outerOffsets_.end(), outerOffsets_.begin());
  resizeInPieces(outerInColumn_, outerOffsets_.back(), [&] { la.abortPoint(); });
  std::vector<std::size_t> next(outerOffsets_.begin(), outerOffsets_.end() - 1);
  forEach([&](int o, int p, int entry) {
    const int v = outers_[at(o)].v;
    std::size_t begin = 0;
    if (v >= n_) {
      const SparseJacobian::Row row = D.row(v);
      const auto first = D.columns().begin();
      begin =
          static_cast<std::size_t>(std::lower_bound(first + distance(row.begin), first + distance(row.end), p) - first);
    }
    outerInColumn_[next[at(p)]++] = {o, entry, begin};
  });
}

void SparseHessian::addColumn(int column, Columns& columns) {
  const auto begin = columns.products.begin() + distance(columns.offsets[at(column)]);
  const auto end = columns.products.begin() + distance(columns.offsets[at(column) + 1]);
  std::stable_sort(begin, end, [](const Product& x, const Product& y) { return x.row < y.row; });
  const std::span<const Product> products(begin, end);
  markRows(column, products, columns);
  std::vector<int>& rows = columns.rows;
  std::sort(rows.begin(), rows.end());
  const int first = static_cast<int>(pattern_.indices.size());
  pattern_.indices.insert(pattern_.indices.end(), rows.begin(), rows.end());
  pattern_.offsets.push_back(checkedSize(pattern_.indices.size(), "the Hessian"));
  placeDense(column, rows, first);
  emitTerms(products, rows, first);
}

/// Rows of a Gram matrix in a column of the Hessian, counted from its first variable.
std::span<const int> SparseHessian::lineOf(const Gram& gram, int column) {
  const int p = column - gram.first;
  return p >= 0 && p < gram.pattern.lines ? gram.pattern.line(p) : std::span<const int>();
}

/// Calls f(row, place) for the entries of a border in a column.
template <class F>
void SparseHessian::forBorder(Border& border, int column, F&& f) {
  const auto use = [&](int j) {
    if (border.places[at(j)] >= 0) f(std::max(border.first + j, border.variable), border.places[at(j)]);
  };
  const int width = static_cast<int>(border.places.size());
  const int own = column - border.first;
  if (column == border.variable) {
    for (int j = std::max(0, own); j < width; ++j) use(j);
  } else if (own >= 0 && own < width && border.variable > column) {
    use(own);
  }
}

/// Notes the rows that a column has entries in, in any order.
void SparseHessian::markRows(int column, std::span<const Product> products, Columns& columns) {
  columns.rows.clear();
  for (const Product& product : products) columns.note(product.row, column);
  const std::size_t outersBegin = outerOffsets_[at(column)], outersEnd = outerOffsets_[at(column) + 1];
  for (std::size_t k = outersBegin; k < outersEnd; ++k) {
    const OuterInColumn& part = outerInColumn_[k];
    const int v = outers_[at(part.outer)].v;
    if (v < n_) {
      if (v >= column) columns.note(v, column);
    } else {
      for (std::size_t j = part.begin; j < jacobian_.row(v).end; ++j) columns.note(jacobian_.columns()[j], column);
    }
  }
  if (outersEnd > outersBegin) outerColumns_.push_back(column);
  for (const Gram& gram : grams_) {
    for (const int q : lineOf(gram, column)) columns.note(gram.first + q, column);
  }
  for (Border& border : borders_) forBorder(border, column, [&](int row, int) { columns.note(row, column); });
}

/// Finds the places of entries of Gram matrices and borders: those of this column begin at `first`, a row each.
void SparseHessian::placeDense(int column, std::span<const int> rows, int first) {
  for (Gram& gram : grams_) {
    auto row = rows.begin();
    for (const int q : lineOf(gram, column)) {
      while (*row < gram.first + q) ++row;
      gram.places.push_back(first + static_cast<int>(row - rows.begin()));
    }
  }
  for (Border& border : borders_) {
    forBorder(border, column, [&](int row, int& place) {
      place = first + static_cast<int>(std::lower_bound(rows.begin(), rows.end(), row) - rows.begin());
    });
  }
}

/// Writes down the terms of a column's entries: products by how many of their factors are 1.
void SparseHessian::emitTerms(std::span<const Product> products, std::span<const int> rows, int first) {
  auto product = products.begin();
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const std::size_t scaledBefore = scaled_.terms.size();
    const std::size_t chainedBefore = chained_.terms.size();
    for (; product != products.end() && product->row == rows[k]; ++product) {
      if (jacobian_.isOne(product->a, product->b)) {
        direct_.terms.push_back(product->weight);
      } else if (product->a == one || product->b == one) {
        scaled_.terms.push_back({product->weight, product->a == one ? product->b : product->a});
      } else {
        chained_.terms.push_back({product->weight, product->a, product->b});
      }
    }
    const int entry = first + static_cast<int>(k);
    direct_.offsets.push_back(static_cast<int>(direct_.terms.size()));
    if (scaled_.terms.size() > scaledBefore) {
      scaled_.entries.push_back(entry);
      scaled_.offsets.push_back(static_cast<int>(scaled_.terms.size()));
    }
    if (chained_.terms.size() > chainedBefore) {
      chained_.entries.push_back(entry);
      chained_.offsets.push_back(static_cast<int>(chained_.terms.size()));
    }
  }
}

/// Returns true if a column is the one before it, a row further.
bool SparseHessian::continues(int column) const {
  const int begin = pattern_.offsets[at(column)], period = pattern_.offsets[at(column) + 1] - begin;
  if (period == 0 || begin - pattern_.offsets[at(column) - 1] != period) return false;
  const int* ends = direct_.offsets.data() + begin;
  const int terms = ends[period] - ends[0];
  if (ends[0] - ends[-period] != terms) return false;
  for (int q = 1; q <= period; ++q) {
    if (ends[q] - ends[q - period] != terms) return false;
  }
  for (int t = ends[0]; t < ends[period]; ++t) {
    if (direct_.terms[at(t)] != direct_.terms[at(t - terms)] + 1) return false;
  }
  return true;
}

void SparseHessian::findStretches() {
  constexpr int fewest = 32;  // columns
  for (int p = 0; p < n_;) {
    int end = p + 1;
    while (end < n_ && continues(end)) ++end;
    const int begin = pattern_.offsets[at(p)];
    const int period = pattern_.offsets[at(p) + 1] - begin;
    if (end - p >= fewest && period <= ColumnStretches::longest) {
      stretches_.push_back({begin, pattern_.offsets[at(end)], period, static_cast<int>(stretchTerms_.size())});
      listTerms(stretches_.back());
    }
    p = end;
  }
}

/// Lists the direct terms of the first column of a stretch. A constant second derivative of a term of the objective has
/// the same weight in all rows.
void SparseHessian::listTerms(const Stretch& stretch) {
  const int columns = (stretch.end - stretch.begin) / stretch.period;
  const auto isUniform = [&](int weight) {
    const std::vector<Stage>& stages = model_.plan().stages;
    for (std::size_t s = 0; s < stages.size(); ++s) {
      if (!model_.isTerm(s)) continue;
      const Kernel& kernel = model_.kernel(stages[s]);
      for (const Kernel::Second& second : kernel.seconds()) {
        const bool inside = weight >= second.weight && weight + columns <= second.weight + kernel.rows();
        if (inside) return second.constant;
      }
    }
    return false;
  };
  for (int d = direct_.offsets[at(stretch.begin)]; d < direct_.offsets[at(stretch.begin + stretch.period)]; ++d) {
    const int weight = direct_.terms[at(d)];
    stretchTerms_.push_back(isUniform(weight) ? ~weight : weight);
  }
}

/// Returns true if direct terms are all there is.
bool SparseHessian::onlyDirect() const {
  return scaled_.entries.empty() && chained_.entries.empty() && outers_.empty() && grams_.empty() && borders_.empty();
}

/// Writes the sums of direct terms to `out`, and looks for the largest one.
void SparseHessian::addDirect(const std::vector<double>& weighted, std::span<double> out, Memory& memory) const {
  int k = 0;
  double largest = 0, zero = 0;  // NaN once a number is
  const auto look = [&](const double* x, int count) {
    const double most = loops::largestOrNaN(at(count), x);
    largest = most > largest ? most : largest;
    zero += 0 * most;
  };
  const auto addUpTo = [&](int end) {
    const int begin = k;
    for (; k < end; ++k) {
      double sum = 0;
      for (int d = direct_.offsets[at(k)]; d < direct_.offsets[at(k) + 1]; ++d) {
        sum += weighted[at(direct_.terms[at(d)])];
      }
      out[at(k)] = sum;
    }
    if (end > begin) look(out.data() + begin, end - begin);
  };
  for (const Stretch& stretch : stretches_) {
    addUpTo(stretch.begin);
    const int columns = (stretch.end - stretch.begin) / stretch.period;
    for (int first = 0; first < columns; first += stretchBlock) {
      const int count = std::min(stretchBlock, columns - first);
      for (int q = 0; q < stretch.period; ++q) {
        const int* const ends = direct_.offsets.data() + stretch.begin;
        const int* const list = stretchTerms_.data() + stretch.terms - ends[0];
        const std::span terms(list + ends[q], list + ends[q + 1]);
        double* const sums = memory.stretch.data() + q * stretchBlock;
        sumStretches(weighted.data() + first, terms, count, sums);
        look(sums, count);
      }
      interleave(memory.stretch.data(), stretch.period, count, out.data() + stretch.begin + first * stretch.period);
    }
    k = stretch.end;
  }
  addUpTo(static_cast<int>(out.size()));
  memory.largest = onlyDirect() ? std::optional(largest + zero) : std::nullopt;
}

void SparseHessian::reserve(Memory& memory) const {
  std::size_t widest = 0;
  for (const Gram& gram : grams_) widest = std::max(widest, at(gram.matrix->columns));
  for (const Border& border : borders_) widest = std::max(widest, border.places.size());
  int period = 0;
  for (const Stretch& stretch : stretches_) period = std::max(period, stretch.period);
  memory.stretch.resize(at(period * stretchBlock));
  memory.column.resize(at(n_), 0);
  memory.gramRows.resize(widest * gramTile);
  memory.gram.resize(widest * widest);
}

void SparseHessian::values(const std::vector<double>& entries, const std::vector<double>& weighted,
                           std::span<double> out, Memory& memory) const {
  addDirect(weighted, out, memory);
  for (std::size_t k = 0; k < scaled_.entries.size(); ++k) {
    double sum = 0;
    for (int s = scaled_.offsets[k]; s < scaled_.offsets[k + 1]; ++s) {
      const Scaled& term = scaled_.terms[at(s)];
      sum += weighted[at(term.weight)] * entries[at(term.factor)];
    }
    out[at(scaled_.entries[k])] += sum;
  }
  for (std::size_t k = 0; k < chained_.entries.size(); ++k) {
    double sum = 0;
    for (int c = chained_.offsets[k]; c < chained_.offsets[k + 1]; ++c) {
      const Chained& term = chained_.terms[at(c)];
      sum += weighted[at(term.weight)] * entries[at(term.a)] * entries[at(term.b)];
    }
    out[at(chained_.entries[k])] += sum;
  }
  if (!outers_.empty()) addOuters(entries, weighted, out, memory.column);
  for (const Gram& gram : grams_) addGram(gram, weighted, out, memory);
  for (const Border& border : borders_) addBorder(border, weighted, out, memory);
}

void SparseHessian::addBorder(const Border& border, const std::vector<double>& weighted, std::span<double> out,
                              Memory& memory) const {
  const ConstantMatrix& A = *border.matrix;
  blas::gemv('N', A.columns, A.rows, 1.0, A.values.data(), A.columns, weighted.data() + border.weight, 0.0,
             memory.gram.data());
  for (int j = 0; j < A.columns; ++j) {
    const int place = border.places[at(j)];
    if (place >= 0) out[at(place)] += (border.first + j == border.variable ? 2 : 1) * memory.gram[at(j)];
  }
}

void SparseHessian::addOuters(const std::vector<double>& entries, const std::vector<double>& weighted,
                              std::span<double> out, std::vector<double>& column) const {
  const SparseJacobian& D = jacobian_;
  for (const int p : outerColumns_) {
    for (std::size_t k = outerOffsets_[at(p)]; k < outerOffsets_[at(p) + 1]; ++k) {
      const OuterInColumn& part = outerInColumn_[k];
      const Outer& outer = outers_[at(part.outer)];
      const double scale = weighted[at(outer.weight)] * entries[at(part.entry)];
      if (outer.v < n_) {
        if (outer.v >= p) column[at(outer.v)] += scale;
        continue;
      }
      const std::size_t end = D.row(outer.v).end;
      for (std::size_t j = part.begin; j < end; ++j) {
        column[at(D.columns()[j])] += scale * entries[at(D.rowEntries()[j])];
      }
    }
    for (int k = pattern_.offsets[at(p)]; k < pattern_.offsets[at(p) + 1]; ++k) {
      double& sum = column[at(pattern_.indices[at(k)])];
      out[at(k)] += sum;
      sum = 0;
    }
  }
}

/// Adds A^T diag(w) A in tiles of rows scaled by the root of |w|, first those with w > 0, then those with w < 0.
void SparseHessian::addGram(const Gram& gram, const std::vector<double>& weighted, std::span<double> out,
                            Memory& memory) const {
  const ConstantMatrix& A = *gram.matrix;
  const int width = A.columns;
  std::fill_n(memory.gram.begin(), at(width) * at(width), 0.0);
  for (const double sign : {1.0, -1.0}) {
    int filled = 0;
    const auto flush = [&] {
      if (filled > 0) {
        blas::syrkLower('N', width, filled, sign, memory.gramRows.data(), width, 1.0, memory.gram.data(), width);
      }
      filled = 0;
    };
    for (int i = 0; i < A.rows; ++i) {
      const double w = sign * weighted[at(gram.weight + i)];
      if (!(w > 0) && !(std::isnan(w) && sign > 0)) continue;
      const double root = std::sqrt(w);
      const double* from = A.values.data() + at(i) * at(width);
      double* to = memory.gramRows.data() + at(filled) * at(width);
      for (int j = 0; j < width; ++j) to[j] = root * from[j];
      if (++filled == gramTile) flush();
    }
    flush();
  }
  std::size_t k = 0;
  for (int p = 0; p < width; ++p) {
    const double* from = memory.gram.data() + at(p) * at(width);
    for (const int q : gram.pattern.line(p)) out[at(gram.places[k++])] += from[q];
  }
}

}  // namespace nonconvex
