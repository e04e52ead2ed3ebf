#include "data/row_tree.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "linalg/wide.hpp"

namespace nonconvex {
namespace {

std::uint64_t mix(std::uint64_t h, std::uint64_t value) {
  h = (h ^ value) * 0x9E3779B97F4A7C15ULL;
  return h ^ (h >> 29);
}

/// Numbers things 0, 1, ... in the order in which they are first seen.
class Numbering {
 public:
  /// The number of something with that hash; `same(k)` says whether it is number k, and it becomes the next when new.
  template <class Same>
  int find(std::uint64_t hash, Same&& same) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t s = hash & mask;; s = (s + 1) & mask) {
      Slot& slot = slots_[s];
      if (slot.number < 0) {
        slot = {hash, count_++};
        if (4 * at(count_) < 3 * slots_.size()) return count_ - 1;
        grow();
        return count_ - 1;
      }
      if (slot.hash == hash && same(slot.number)) return slot.number;
    }
  }
  /// The number of a key: different keys have different hashes, as `mix` has an inverse.
  int find(std::uint64_t key) {
    return find(mix(0, key), [](int) { return true; });
  }
  int count() const { return count_; }
  void clear() {
    slots_.assign(first, {});
    count_ = 0;
  }

 private:
  static constexpr std::size_t first = 256;  // slots of a table that is empty, a power of 2
  struct Slot {
    std::uint64_t hash = 0;
    int number = -1;
  };

  void grow() {
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(2 * slots_.size()));
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.number < 0) continue;
      std::size_t s = slot.hash & mask;
      while (slots_[s].number >= 0) s = (s + 1) & mask;
      slots_[s] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(first);
  int count_ = 0;
};

/// Numbers pairs (a, b) in the order in which they are found, by a table where that is small.
class PairNumbering {
 public:
  /// Begins anew, for pairs with 0 <= a < as and 0 <= b < bs.
  void begin(int as, int bs) {
    constexpr double most = 1 << 16;
    bs_ = at(bs);
    direct_ = 1.0 * as * bs <= most;
    table_.clear();
    hashed_.clear();
    if (direct_) table_.resize(at(std::max(as, 1)) * bs_, -1);
    count_ = 0;
  }
  int find(int a, int b) {
    if (direct_) {
      int& number = table_[at(a) * bs_ + at(b)];
      if (number < 0) number = count_++;
      return number;
    }
    const int number = hashed_.find(static_cast<std::uint64_t>(a) << 32 | static_cast<std::uint64_t>(b));
    count_ = hashed_.count();
    return number;
  }
  int count() const { return count_; }

 private:
  bool direct_ = false;
  std::size_t bs_ = 0;
  std::vector<int> table_;
  Numbering hashed_;
  int count_ = 0;
};

/// Starts of the lists of things by their key, keys below `count`, and their order.
void sortByKey(std::span<const int> keys, int count, std::vector<int>& starts, std::vector<int>& order) {
  starts.assign(at(count) + 1, 0);
  for (const int key : keys) ++starts[at(key) + 1];
  for (int k = 0; k < count; ++k) starts[at(k) + 1] += starts[at(k)];
  order.resize(keys.size());
  std::vector<int> next(starts.begin(), starts.end() - 1);
  for (std::size_t i = 0; i < keys.size(); ++i) order[at(next[at(keys[i])]++)] = static_cast<int>(i);
}

/// Every k-th row.
SparseMatrix sampleOf(const SparseMatrix& matrix, int most) {
  SparseMatrix sample{.rows = 0, .columns = matrix.columns, .values = {}, .offsets = {0}, .indices = {}};
  const int step = (matrix.rows + most - 1) / most;
  for (int i = 0; i < matrix.rows; i += step, ++sample.rows) {
    for (int k = matrix.offsets[at(i)]; k < matrix.offsets[at(i) + 1]; ++k) {
      sample.indices.push_back(matrix.indices[at(k)]);
      sample.values.push_back(matrix.values[at(k)]);
    }
    sample.offsets.push_back(static_cast<int>(sample.indices.size()));
  }
  return sample;
}

void stopIfEnding(const Cpu& la) {
  if (la.ending()) throw Interrupted{};
}

constexpr int lane = 8;  // rows of products are padded to a multiple

int padded(int width) { return (width + lane - 1) / lane * lane; }

/// sum_i += factor values_k for i = indices_k; no values: all 1.
inline void addScaled(double factor, int count, const std::uint16_t* indices, const double* values, double* sum) {
  if (values == nullptr) {
    for (int k = 0; k < count; ++k) sum[indices[k]] += factor;
  } else {
    for (int k = 0; k < count; ++k) sum[indices[k]] += factor * values[k];
  }
}

/// block_ij += values_k other_j for i = indices_k, rows of `width` numbers, a multiple of `lane`.
NONCONVEX_CLONES void addProducts(int count, const std::uint16_t* indices, const double* values, int width,
                                  const double* __restrict other, double* __restrict block) {
  for (int k = 0; k < count; ++k) {
    double* __restrict to = block + static_cast<std::ptrdiff_t>(indices[k]) * width;
    const double factor = values == nullptr ? 1 : values[k];
    for (int j = 0; j < width; j += lane) {
      for (int l = 0; l < lane; ++l) to[j + l] += factor * other[j + l];
    }
  }
}

/// A lane with a 1 for each bit that is set.
constexpr auto lanesOfBits = [] {
  struct {
    alignas(64) double entries[256][lane];
  } table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (unsigned l = 0; l < lane; ++l) table.entries[byte][l] = (byte >> l) & 1;
  }
  return table;
}();

/// sumRows for `Together` bytes of each row: their sums stay in registers.
template <int Bytes, int Together>
[[gnu::always_inline]] inline void sumLanes(int count, const double* weights, const int* pieces,
                                            const std::uint8_t* rows, int bytesOfRow, double* sum) {
  using Vector = typename Wide<double, Bytes>::Vector;
  using InMemory = typename Wide<double, Bytes>::InMemory;
  constexpr int numbers = Wide<double, Bytes>::lanes, vectors = lane / numbers;
  Vector total[Together][vectors] = {};
  for (int k = 0; k < count; ++k) {
    const std::uint8_t* row = rows + static_cast<std::ptrdiff_t>(pieces[k]) * bytesOfRow;
    for (int b = 0; b < Together; ++b) {
      const double* ones = lanesOfBits.entries[row[b]];
      for (int v = 0; v < vectors; ++v) {
        total[b][v] += weights[k] * *reinterpret_cast<const InMemory*>(ones + v * numbers);
      }
    }
  }
  for (int b = 0; b < Together; ++b) {
    for (int v = 0; v < vectors; ++v) *reinterpret_cast<InMemory*>(sum + b * lane + v * numbers) = total[b][v];
  }
}

template <int Bytes>
[[gnu::always_inline]] inline void sumBytes(int count, const double* weights, const int* pieces,
                                            const std::uint8_t* rows, int bytesOfRow, double* sum) {
  constexpr int most = Bytes == 16 ? 2 : 4;  // the number of sums that fit in registers
  int b = 0;
  for (; b + most <= bytesOfRow; b += most) {
    sumLanes<Bytes, most>(count, weights, pieces, rows + b, bytesOfRow, sum + b * lane);
  }
  for (; b + 2 <= bytesOfRow; b += 2) {
    sumLanes<Bytes, 2>(count, weights, pieces, rows + b, bytesOfRow, sum + b * lane);
  }
  if (b < bytesOfRow) sumLanes<Bytes, 1>(count, weights, pieces, rows + b, bytesOfRow, sum + b * lane);
}

/// sum = sum_k weights_k rows_{pieces_k}, rows of zeros and ones, one a bit, `bytesOfRow` bytes a row.
NONCONVEX_BY_WIDTH(void sumRows(int count, const double* weights, const int* pieces, const std::uint8_t* rows,
                                int bytesOfRow, double* sum),
                   sumBytes<bytes>(count, weights, pieces, rows, bytesOfRow, sum))

// Costs are in scattered updates of a number, which take about the same time on all machines but for a factor;
// additions of neighbours are cheaper.
constexpr double perNeighbour = 1.0 / 6;
constexpr double passes = 1.5;  // over the data for one Hessian

/// Cost of the products of two sides of `pieces`, one of which has the pivots.
double productCost(double pieces, double pivots, double pivotEntries, double otherEach, int otherColumns) {
  return pieces * otherEach + perNeighbour * (pivotEntries + pivots) * padded(otherColumns);
}

double plainCost(const SparseMatrix& matrix) {
  double updates = 0;
  for (int i = 0; i < matrix.rows; ++i) {
    const double size = matrix.offsets[at(i) + 1] - matrix.offsets[at(i)];
    updates += 0.5 * size * (size + 1);
  }
  const double byBlocks = matrix.rows * (matrix.columns + 1.0) * matrix.columns / RowTree::flopsPerUpdate;
  return std::min(updates, byBlocks) + passes * 2 * static_cast<double>(matrix.indices.size());
}

}  // namespace

// Building -----------------------------------------------------------------------------------------------------------

std::unique_ptr<const RowTree> RowTree::of(const SparseMatrix& matrix, const Cpu& la) {
  constexpr int sampled = 4096;
  constexpr int mostColumns = 2000;  // the products of all pairs of columns are held
  constexpr double worthwhile = 0.6;
  if (matrix.rows < 2 || matrix.columns > mostColumns || matrix.indices.empty()) return nullptr;
  if (matrix.rows > 2 * sampled) {
    const SparseMatrix sample = sampleOf(matrix, sampled);
    if (RowTree(sample, la).cost() > 1.2 * worthwhile * plainCost(sample)) return nullptr;
  }
  std::unique_ptr<const RowTree> tree(new RowTree(matrix, la));
  return tree->cost() > worthwhile * plainCost(matrix) ? nullptr : std::move(tree);
}

/// Leaves [first, end) as one node, as far as costs go.
struct RowTree::Range {
  double pieces = 0;
  double entries = 0;  ///< number of entries of all pieces
  int columns = 0;
  double cost = 0;
  int split = 0;
};

/// All ranges of leaves.
class RowTree::Ranges {
 public:
  explicit Ranges(std::size_t leaves) : leaves_(leaves), ranges_((leaves + 1) * (leaves + 1)) {}

  std::size_t leaves() const { return leaves_; }
  Range& operator()(std::size_t first, std::size_t end) { return ranges_[first * (leaves_ + 1) + end]; }
  const std::vector<Range>& all() const { return ranges_; }

 private:
  std::size_t leaves_;
  std::vector<Range> ranges_;
};

RowTree::RowTree(const SparseMatrix& matrix, const Cpu& la) : columns_(matrix.columns) {
  PiecesOfRows pieces = makeLeaves(matrix, la);
  const int leaves = static_cast<int>(nodes_.size());
  layOut(0, leaves, leaves, cheapestTree(rangesOfLeaves(pieces, la)));
  pieces.resize(nodes_.size());
  // Nodes whose children are there, side by side.
  std::vector<bool> done(nodes_.size());
  std::fill(done.begin(), done.begin() + leaves, true);
  while (!done.back()) {
    std::vector<std::size_t> ready;
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
      if (!done[k] && done[at(nodes_[k].left)] && done[at(nodes_[k].right)]) ready.push_back(k);
    }
    la.tasks(static_cast<int>(ready.size()), [&](int r) {
      const std::size_t k = ready[at(r)];
      const Node& node = nodes_[k];
      pieces[k] = join(nodes_[k], std::move(pieces[at(node.left)]), pieces[at(node.right)], la);
      pieces[at(node.right)] = {};
    });
    for (const std::size_t k : ready) done[k] = true;
  }
  pieceOf_ = std::move(pieces.back());
  sortByKey(pieceOf_, nodes_.back().count, rowStarts_, rowOrder_);
  for (Node& node : nodes_) {
    if (node.leaf()) continue;
    constexpr double worthHandingOut = 3e4;
    node.chunks = std::clamp(static_cast<int>(crossCost(node, node.pivotLeft) / worthHandingOut), 1, 8);
    node.block = blocks_;
    const Node& pivot = nodes_[at(node.pivotLeft ? node.left : node.right)];
    const Node& other = nodes_[at(node.pivotLeft ? node.right : node.left)];
    blocks_ += at(node.chunks) * at(pivot.columns + 1) * at(padded(other.columns));  // one row for sums
  }
}

/// scales_; what values each column has.
std::vector<RowTree::Values> RowTree::takeScales(const SparseMatrix& matrix) {
  scales_.assign(at(columns_), 0);
  std::vector<Values> values(at(columns_), Values::one);
  for (std::size_t k = 0; k < matrix.values.size(); ++k) {
    const double value = matrix.values[k];
    const std::size_t j = at(matrix.indices[k]);
    if (value == scales_[j] && value != 0) continue;
    if (value == 0 && scales_[j] == 0) {
      values[j] = Values::oneOrZero;
    } else if (scales_[j] == 0) {
      scales_[j] = value;
    } else {
      values[j] = Values::several;
    }
  }
  for (std::size_t j = 0; j < scales_.size(); ++j) {
    if (values[j] == Values::several || scales_[j] == 0) scales_[j] = 1;
  }
  return values;
}

/// Different pieces of rows in the columns of a leaf: numbers them as they are found, and puts them into the node.
class RowTree::LeafPieces {
 public:
  LeafPieces(const SparseMatrix& matrix, std::span<const Values> valuesOf, Node& node)
      : matrix_(matrix), valuesOf_(valuesOf), node_(node) {
    const auto here = valuesOf.subspan(at(node.first), at(node.columns));
    bits_ = here.size() <= 64 && std::count(here.begin(), here.end(), Values::one) == node.columns;
  }

  /// The piece of each row, given where its entries in the leaf begin and end.
  std::vector<int> take(std::span<const int> begins, std::span<const int> ends) {
    std::vector<int> pieces(begins.size());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      pieces[i] = bits_ ? findBits(begins[i], ends[i]) : findEntries(begins[i], ends[i]);
      if (pieces[i] == node_.count) append(begins[i], ends[i]);
    }
    return pieces;
  }

 private:
  /// An entry's value, in units of its column's scale.
  double value(int k) const {
    const double given = matrix_.values[at(k)];
    return given == 0 || valuesOf_[at(matrix_.indices[at(k)])] == Values::several ? given : 1;
  }

  /// Pieces of ones in few columns, by the set of their columns.
  int findBits(int begin, int end) {
    std::uint64_t bits = 0;
    for (int k = begin; k < end; ++k) bits |= std::uint64_t{1} << (matrix_.indices[at(k)] - node_.first);
    return numbering_.find(bits);
  }

  int findEntries(int begin, int end) {
    std::uint64_t hash = 0;
    for (int k = begin; k < end; ++k) {
      hash = mix(hash, std::bit_cast<std::uint64_t>(value(k)) + static_cast<std::uint64_t>(matrix_.indices[at(k)]));
    }
    return numbering_.find(hash, [&](int known) { return equals(known, begin, end); });
  }

  bool equals(int known, int begin, int end) const {
    const int from = node_.offsets[at(known)];
    if (node_.entries(known) != end - begin) return false;
    for (int k = 0; k < end - begin; ++k) {
      if (node_.first + node_.indices[at(from + k)] != matrix_.indices[at(begin + k)]) return false;
      if (node_.values[at(from + k)] != value(begin + k)) return false;
    }
    return true;
  }

  void append(int begin, int end) {
    ++node_.count;
    for (int k = begin; k < end; ++k) {
      node_.indices.push_back(static_cast<std::uint16_t>(matrix_.indices[at(k)] - node_.first));
      node_.values.push_back(value(k));
    }
    node_.offsets.push_back(static_cast<int>(node_.indices.size()));
  }

  const SparseMatrix& matrix_;
  std::span<const Values> valuesOf_;
  Node& node_;
  Numbering numbering_;
  bool bits_ = false;  // pieces are sets of columns
};

/// Leaves of a few entries a row each.
RowTree::PiecesOfRows RowTree::makeLeaves(const SparseMatrix& matrix, const Cpu& la) {
  const std::vector<Values> valuesOf = takeScales(matrix);
  chooseLeaves(matrix);
  // Where each row's entries of a leaf begin.
  std::vector<std::vector<int>> begins(nodes_.size() + 1, std::vector<int>(at(matrix.rows)));
  la.forEach(matrix.rows, [&](int i) {
    int k = matrix.offsets[at(i)];
    const int end = matrix.offsets[at(i) + 1];
    for (std::size_t leaf = 0; leaf < nodes_.size(); ++leaf) {
      begins[leaf][at(i)] = k;
      const int stop = nodes_[leaf].first + nodes_[leaf].columns;
      while (k < end && matrix.indices[at(k)] < stop) ++k;
    }
    begins.back()[at(i)] = k;
  });
  PiecesOfRows pieces(nodes_.size());
  la.tasks(static_cast<int>(nodes_.size()), [&](int leaf) {
    stopIfEnding(la);
    LeafPieces known(matrix, valuesOf, nodes_[at(leaf)]);
    pieces[at(leaf)] = known.take(begins[at(leaf)], begins[at(leaf) + 1]);
    Node& node = nodes_[at(leaf)];
    if (std::all_of(node.values.begin(), node.values.end(), [](double each) { return each == 1; })) {
      node.values = {};
      writeOnes(node);
    }
  });
  return pieces;
}

/// Nodes for ranges of columns, each with a few entries a row.
void RowTree::chooseLeaves(const SparseMatrix& matrix) {
  constexpr double fewEntries = 2;
  constexpr double mostLeaves = 16;
  std::vector<double> share(at(columns_));  // entries of a column in a row
  double all = 0;
  for (const int j : matrix.indices) share[at(j)] += 1.0 / matrix.rows;
  for (const double each : share) all += each;
  const double wanted = std::max(fewEntries, all / mostLeaves);
  for (int first = 0; first < columns_;) {
    Node node;
    node.first = first;
    for (double sum = 0; first < columns_ && (node.columns == 0 || sum + share[at(first)] <= wanted); ++first) {
      sum += share[at(first)];
      ++node.columns;
    }
    nodes_.push_back(std::move(node));
  }
}

void RowTree::writeOnes(Node& node) {
  constexpr double many = 0.1;
  const std::size_t bytes = at(padded(node.columns) / lane);
  if (static_cast<double>(node.indices.size()) < many * static_cast<double>(lane * bytes) * node.count) return;
  node.ones.resize(bytes * at(node.count));
  for (int p = 0; p < node.count; ++p) {
    for (int e = node.offsets[at(p)]; e < node.offsets[at(p) + 1]; ++e) {
      const std::uint16_t j = node.indices[at(e)];
      node.ones[at(p) * bytes + j / lane] |= static_cast<std::uint8_t>(1 << j % lane);
    }
  }
}

/// The pieces of different rows, among rows evenly spaced: by leaf, then by row.
RowTree::PiecesOfRows RowTree::differentRows(const PiecesOfRows& leafPieces) const {
  constexpr std::size_t most = 8192;
  const std::size_t leaves = leafPieces.size(), rows = leafPieces[0].size(), step = (rows + most - 1) / most;
  std::vector<int> whole((rows + step - 1) / step);
  PairNumbering numbering;
  for (std::size_t l = 0; l < leaves; ++l) {
    numbering.begin(numbering.count(), nodes_[l].count);
    for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = numbering.find(whole[i], leafPieces[l][i * step]);
  }
  PiecesOfRows looked(leaves, std::vector<int>(at(numbering.count())));
  for (std::size_t l = 0; l < leaves; ++l) {
    for (std::size_t i = 0; i < whole.size(); ++i) looked[l][at(whole[i])] = leafPieces[l][i * step];
  }
  return looked;
}

/// A range of leaves that begins at a certain one and grows by one leaf after the other. A row whose piece no other has
/// keeps it to itself when there are more leaves: only the others are compared again.
class RowTree::GrowingRange {
 public:
  explicit GrowingRange(std::size_t rows) : shared_(rows), pieceOf_(rows), entriesOf_(rows) {
    std::iota(shared_.begin(), shared_.end(), 0);
  }

  /// Adds the next leaf, given the rows' pieces in it; returns what the range is with it.
  Range add(const Node& leaf, const std::vector<int>& leafPieceOf) {
    pieces_.begin(pieces_.count(), leaf.count);
    users_.clear();
    int own = 0;  // entries of the rows that are not shared
    for (const int leafPiece : leafPieceOf) own += leaf.entries(leafPiece);
    int entries = 0;
    for (const int i : shared_) {
      const int more = leaf.entries(leafPieceOf[at(i)]);
      entriesOf_[at(i)] += more;
      own -= more;
      int& piece = pieceOf_[at(i)];
      piece = pieces_.find(piece, leafPieceOf[at(i)]);
      if (piece == static_cast<int>(users_.size())) {
        users_.push_back(0);
        entries += entriesOf_[at(i)];
      }
      ++users_[at(piece)];
    }
    ownEntries_ += own;
    columns_ += leaf.columns;
    Range range;
    range.columns = columns_;
    range.pieces = own_ + pieces_.count();
    range.entries = 1.0 * ownEntries_ + entries;
    setAside();
    return range;
  }

 private:
  /// Takes the rows whose piece no other has out of those that are compared.
  void setAside() {
    std::erase_if(shared_, [&](int i) {
      if (users_[at(pieceOf_[at(i)])] > 1) return false;
      ++own_;
      ownEntries_ += entriesOf_[at(i)];
      return true;
    });
  }

  std::vector<int> shared_, pieceOf_, entriesOf_;
  std::vector<int> users_;  // how many rows have a piece
  PairNumbering pieces_;
  int columns_ = 0;
  int own_ = 0, ownEntries_ = 0;  // pieces of the rows that are not shared, and their entries
};

/// Size and cost of each range of leaves as one node; the parts that begin at a leaf are worked on side by side.
RowTree::Ranges RowTree::rangesOfLeaves(const PiecesOfRows& leafPieces, const Cpu& la) const {
  const PiecesOfRows looked = differentRows(leafPieces);
  const std::size_t leaves = looked.size();
  Ranges ranges(leaves);
  la.tasks(static_cast<int>(leaves), [&](int task) {
    stopIfEnding(la);
    const std::size_t first = at(task);
    GrowingRange range(looked[0].size());
    for (std::size_t end = first + 1; end <= leaves; ++end) {
      ranges(first, end) = range.add(nodes_[end - 1], looked[end - 1]);
    }
  });
  return ranges;
}

/// The cheapest tree over the leaves, by dynamic programming as for a chain of matrix products: entry first * (leaves +
/// 1) + end is where to split that range.
std::vector<int> RowTree::cheapestTree(Ranges range) {
  const std::size_t leaves = range.leaves();
  for (std::size_t size = 2; size <= leaves; ++size) {
    for (std::size_t first = 0; first + size <= leaves; ++first) {
      Range& now = range(first, first + size);
      now.cost = INFINITY;
      for (std::size_t k = first + 1; k < first + size; ++k) {
        const Range &left = range(first, k), &right = range(k, first + size);
        const auto cross = [&](const Range& pivot, const Range& other) {
          return productCost(now.pieces, pivot.pieces, pivot.entries, other.entries / other.pieces, other.columns);
        };
        const double cost = left.cost + right.cost + std::min(cross(left, right), cross(right, left));
        if (cost >= now.cost) continue;
        now.cost = cost;
        now.split = static_cast<int>(k);
      }
    }
  }
  std::vector<int> splits;
  for (const Range& each : range.all()) splits.push_back(each.split);
  return splits;
}

/// Adds the nodes over leaves [first, end), without their pieces; the number of the last.
int RowTree::layOut(int first, int end, int leaves, std::span<const int> splits) {
  if (end - first == 1) return first;
  const int middle = splits[at(first) * at(leaves + 1) + at(end)];
  Node node;
  node.left = layOut(first, middle, leaves, splits);
  node.right = layOut(middle, end, leaves, splits);
  node.first = nodes_[at(node.left)].first;
  node.columns = nodes_[at(node.left)].columns + nodes_[at(node.right)].columns;
  nodes_.push_back(std::move(node));
  return static_cast<int>(nodes_.size()) - 1;
}

/// Pieces of a node from those of its children; the piece of each row.
std::vector<int> RowTree::join(Node& node, std::vector<int> leftOf, std::span<const int> rightOf, const Cpu& la) const {
  const Node& left = nodes_[at(node.left)];
  const Node& right = nodes_[at(node.right)];
  std::vector<int> lefts, rights;
  PairNumbering numbering;
  numbering.begin(left.count, right.count);
  std::vector<int>& pieces = leftOf;  // takes its place
  for (std::size_t i = 0; i < leftOf.size(); ++i) {
    const int l = leftOf[i], r = rightOf[i];
    pieces[i] = numbering.find(l, r);
    if (pieces[i] < static_cast<int>(lefts.size())) continue;
    lefts.push_back(l);
    rights.push_back(r);
  }
  stopIfEnding(la);
  node.count = numbering.count();
  // Groups the pieces by those of the pivot.
  node.pivotLeft = crossCost(node, true) <= crossCost(node, false);
  std::vector<int> order;
  sortByKey(node.pivotLeft ? lefts : rights, node.pivotLeft ? left.count : right.count, node.starts, order);
  std::vector<int> place(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t from = at(order[k]);
    place[from] = static_cast<int>(k);
    node.leftPiece.push_back(lefts[from]);
    node.rightPiece.push_back(rights[from]);
  }
  for (int& piece : pieces) piece = place[at(piece)];
  if (&node != &nodes_.back()) writeEntries(node);  // the root's entries are not used
  return pieces;
}

void RowTree::writeEntries(Node& node) const {
  const bool ones = nodes_[at(node.left)].values.empty() && nodes_[at(node.right)].values.empty();
  for (int p = 0; p < node.count; ++p) {
    for (const auto& [number, piece] :
         {std::pair(node.left, node.leftPiece[at(p)]), std::pair(node.right, node.rightPiece[at(p)])}) {
      const Node& child = nodes_[at(number)];
      for (int e = child.offsets[at(piece)]; e < child.offsets[at(piece) + 1]; ++e) {
        node.indices.push_back(static_cast<std::uint16_t>(child.first - node.first + child.indices[at(e)]));
        if (!ones) node.values.push_back(child.value(e));
      }
    }
    node.offsets.push_back(static_cast<int>(node.indices.size()));
  }
  if (ones) writeOnes(node);
}

double RowTree::crossCost(const Node& node, bool pivotLeft) const {
  const Node& pivot = nodes_[at(pivotLeft ? node.left : node.right)];
  const Node& other = nodes_[at(pivotLeft ? node.right : node.left)];
  return productCost(node.count, pivot.count, static_cast<double>(pivot.indices.size()),
                     static_cast<double>(other.indices.size()) / other.count, other.columns);
}

double RowTree::cost() const {
  double sum = 0;
  for (const Node& node : nodes_) {
    if (node.leaf()) {
      const double entries = static_cast<double>(node.indices.size());
      sum += 0.5 * entries * (entries / node.count + 1) + passes * 2 * entries;
    } else {
      sum += crossCost(node, node.pivotLeft) + 2 * node.count + passes * 3 * node.count;
    }
  }
  return sum + (passes * 2 + 1) * rows();
}

std::size_t RowTree::bytes() const {
  std::size_t numbers = 3 * pieceOf_.size() + 2 * blocks_;
  for (const Node& node : nodes_)
    numbers += node.indices.size() / 2 + node.ones.size() / 4 + 2 * node.values.size() + 5 * at(node.count);
  return 4 * numbers;
}

// Computing ----------------------------------------------------------------------------------------------------------

RowTree::Work::Work(const RowTree& tree) : tree_(tree), x_(at(tree.columns_)), blocks_(tree.blocks_) {
  for (std::size_t k = 0; k < tree.nodes_.size(); ++k) {
    const Node& node = tree.nodes_[k];
    sums_.emplace_back(at(node.count));
    for (int chunk = 0; chunk < node.chunks; ++chunk) tasks_.push_back({static_cast<int>(k), chunk});
  }
  std::reverse(tasks_.begin(), tasks_.end());  // the large ones first
}

void RowTree::Work::multiply(std::span<const double> x) {
  for (std::size_t j = 0; j < x_.size(); ++j) x_[j] = tree_.scales_[j] * x[j];
  for (std::size_t k = 0; k < sums_.size(); ++k) {
    const Node& node = tree_.nodes_[k];
    double* sums = sums_[k].data();
    if (node.leaf()) {
      const double* part = x_.data() + node.first;
      for (int p = 0; p < node.count; ++p) {
        double sum = 0;
        for (int e = node.offsets[at(p)]; e < node.offsets[at(p) + 1]; ++e) {
          sum += node.value(e) * part[node.indices[at(e)]];
        }
        sums[p] = sum;
      }
    } else {
      const double* left = sums_[at(node.left)].data();
      const double* right = sums_[at(node.right)].data();
      for (int p = 0; p < node.count; ++p) sums[p] = left[node.leftPiece[at(p)]] + right[node.rightPiece[at(p)]];
    }
  }
}

/// sums_: of the rows that have a piece, what they bring.
void RowTree::Work::pushDown(const Cpu& la, std::span<const double> perRow) {
  std::vector<double>& root = sums_.back();
  const int* starts = tree_.rowStarts_.data();
  la.forEach(static_cast<int>(root.size()), [&](int p) {
    double sum = 0;
    for (int k = starts[p]; k < starts[p + 1]; ++k) sum += perRow[at(tree_.rowOrder_[at(k)])];
    root[at(p)] = sum;
  });
  for (std::size_t k = sums_.size(); k-- > 0;) {
    const Node& node = tree_.nodes_[k];
    if (node.leaf()) continue;
    std::vector<double>& pivot = sums_[at(node.pivotLeft ? node.left : node.right)];
    std::vector<double>& other = sums_[at(node.pivotLeft ? node.right : node.left)];
    const int* otherPiece = (node.pivotLeft ? node.rightPiece : node.leftPiece).data();
    const double* sums = sums_[k].data();
    std::fill(other.begin(), other.end(), 0.0);
    for (std::size_t p = 0; p < pivot.size(); ++p) {
      double sum = 0;
      for (int piece = node.starts[p]; piece < node.starts[p + 1]; ++piece) {
        sum += sums[piece];
        other[at(otherPiece[piece])] += sums[piece];
      }
      pivot[p] = sum;
    }
  }
}

void RowTree::Work::multiplyTransposed(const Cpu& la, std::span<const double> r, std::span<double> out) {
  pushDown(la, r);
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t k = 0; k < sums_.size(); ++k) {
    const Node& node = tree_.nodes_[k];
    if (!node.leaf()) continue;
    double* part = out.data() + node.first;
    for (int p = 0; p < node.count; ++p) {
      for (int e = node.offsets[at(p)]; e < node.offsets[at(p) + 1]; ++e) {
        part[node.indices[at(e)]] += node.value(e) * sums_[k][at(p)];
      }
    }
  }
  for (std::size_t j = 0; j < out.size(); ++j) out[j] *= tree_.scales_[j];
}

void RowTree::Work::gram(const Cpu& la, std::span<const double> weights, std::span<double> square) {
  pushDown(la, weights);
  la.tasks(static_cast<int>(tasks_.size()), [&](int t) {
    const Task task = tasks_[at(t)];
    const Node& node = tree_.nodes_[at(task.node)];
    if (node.leaf()) return leafGram(node, sums_[at(task.node)], square);
    cross(node, task.chunk);
  });
  for (const Node& node : tree_.nodes_) {
    if (!node.leaf()) place(node, square);
  }
  const std::size_t n = at(tree_.columns_);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) square[j * n + i] *= tree_.scales_[i] * tree_.scales_[j];
  }
}

void RowTree::Work::leafGram(const Node& node, std::span<const double> weights, std::span<double> square) const {
  const std::size_t n = at(tree_.columns_), first = at(node.first);
  const auto column = [&](int j) { return square.data() + (first + at(j)) * n + first; };
  for (int j = 0; j < node.columns; ++j) std::fill(column(j) + j, column(j) + node.columns, 0.0);
  for (int p = 0; p < node.count; ++p) {
    const int end = node.offsets[at(p) + 1];
    for (int k = node.offsets[at(p)]; k < end; ++k) {
      const double scaled = weights[at(p)] * node.value(k);
      double* to = column(node.indices[at(k)]);
      for (int l = k; l < end; ++l) to[node.indices[at(l)]] += scaled * node.value(l);
    }
  }
}

/// Products of the two sides of a node's pieces: those with the same pivot are added up on the other side first.
void RowTree::Work::cross(const Node& node, int chunk) {
  const int pivotNode = node.pivotLeft ? node.left : node.right;
  const Node& pivot = tree_.nodes_[at(pivotNode)];
  const Node& other = tree_.nodes_[at(node.pivotLeft ? node.right : node.left)];
  const std::vector<int>& otherPiece = node.pivotLeft ? node.rightPiece : node.leftPiece;
  const double* weights = sums_[static_cast<std::size_t>(&node - tree_.nodes_.data())].data();
  const std::size_t width = at(padded(other.columns)), size = width * at(pivot.columns);
  double* block = blocks_.data() + node.block + at(chunk) * (size + width);
  double* sum = block + size;
  std::fill(block, sum, 0.0);
  const auto border = [&](int c) { return static_cast<int>(static_cast<long long>(pivot.count) * c / node.chunks); };
  for (int p = border(chunk); p < border(chunk + 1); ++p) {
    const int begin = node.starts[at(p)], end = node.starts[at(p) + 1];
    if (begin == end) continue;
    if (!other.ones.empty()) {
      sumRows(end - begin, weights + begin, otherPiece.data() + begin, other.ones.data(),
              static_cast<int>(width) / lane, sum);
    } else {
      std::fill(sum, sum + width, 0.0);
      for (int k = begin; k < end; ++k) {
        const int piece = otherPiece[at(k)], from = other.offsets[at(piece)];
        addScaled(weights[k], other.entries(piece), other.indices.data() + from,
                  other.values.empty() ? nullptr : other.values.data() + from, sum);
      }
    }
    const int first = pivot.offsets[at(p)];
    addProducts(pivot.entries(p), pivot.indices.data() + first,
                pivot.values.empty() ? nullptr : pivot.values.data() + first, static_cast<int>(width), sum, block);
  }
}

/// The sums of the chunks at their places in the square.
void RowTree::Work::place(const Node& node, std::span<double> square) const {
  const Node& left = tree_.nodes_[at(node.left)];
  const Node& right = tree_.nodes_[at(node.right)];
  const std::size_t n = at(tree_.columns_), l = at(left.columns), r = at(right.columns);
  const std::size_t width = at(padded(node.pivotLeft ? right.columns : left.columns));
  const std::size_t stride = width * ((node.pivotLeft ? l : r) + 1);
  const double* block = blocks_.data() + node.block;
  for (std::size_t j = 0; j < l; ++j) {
    double* to = square.data() + (at(left.first) + j) * n + at(right.first);
    for (std::size_t i = 0; i < r; ++i) {
      double sum = 0;
      for (int chunk = 0; chunk < node.chunks; ++chunk) {
        sum += block[at(chunk) * stride + (node.pivotLeft ? j * width + i : i * width + j)];
      }
      to[i] = sum;
    }
  }
}

}  // namespace nonconvex
