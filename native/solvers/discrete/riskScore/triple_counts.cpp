#include "solvers/discrete/riskScore/triple_counts.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "core/index.hpp"
#include "core/multiversion.hpp"

namespace nonconvex {
namespace {

constexpr std::size_t wordBits = 64;  // definition: bits of a word

/// Exchanges rows and columns of 64 x 64 bits.
///
/// H. S. Warren, "Hacker's Delight", 2nd edition, 2012, section 7-3.
void transposeBits(std::array<std::uint64_t, wordBits>& a) {
  std::uint64_t mask = 0x00000000FFFFFFFFu;
  for (unsigned j = 32; j != 0; j >>= 1, mask ^= mask << j) {
    for (unsigned k = 0; k < wordBits; k = (k + j + 1) & ~j) {
      const std::uint64_t t = ((a[k] >> j) ^ a[k + j]) & mask;
      a[k] ^= t << j;
      a[k + j] ^= t;
    }
  }
}

NONCONVEX_CLONES std::int32_t countOf(const std::uint64_t* a, const std::uint64_t* b, const std::uint32_t* shifts,
                                      std::size_t begin, std::size_t end) {
  std::uint64_t sum = 0;
  for (std::size_t w = begin; w < end; ++w) sum += static_cast<std::uint64_t>(std::popcount(a[w] & b[w])) << shifts[w];
  return static_cast<std::int32_t>(sum);
}

}  // namespace

TripleCounts::TripleCounts(const Cpu& la, const ScoreRows& rows) : la_(la), rows_(rows) {
  const std::size_t total = static_cast<std::size_t>(rows.total());
  table_.resize(total + 1, 0);
  for (std::size_t m = 1; m <= total; ++m) table_[m] = static_cast<double>(m) * std::log(static_cast<double>(m));
  wordsOfRow_ = (at(rows.count()) + wordBits - 1) / wordBits;
  rowBits_.assign(at(rows.rows()) * wordsOfRow_, 0);
  for (int j = 0; j < rows.count(); ++j) {
    const std::span<const std::int32_t> codes = rows.codes(j);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      rowBits_[i * wordsOfRow_ + at(j) / wordBits] |= static_cast<std::uint64_t>(codes[i]) << (at(j) % wordBits);
    }
  }
}

double TripleCounts::bytes(std::size_t candidates) const {
  constexpr double fewCells = 8;  // rounding: runs of the cells of two features
  const double rows = static_cast<double>(rows_.rows());
  return static_cast<double>(candidates) * (fewCells * 4 * static_cast<double>(candidates) + rows);
}

void TripleCounts::arrange(const ScorePartition& partition, std::span<const int> candidates) {
  candidates_ = candidates.size();
  place(partition);
  transpose(candidates);
  countPairs();
}

/// Gives each row a place for each binary digit of its count in each class: runs of whole words.
void TripleCounts::place(const ScorePartition& partition) {
  const std::size_t cells = at(partition.cells), n = partition.cell.size();
  std::vector<std::array<std::int32_t, 2>> counts(cells, {0, 0});
  std::vector<std::vector<std::int32_t>> members(cells);
  for (std::size_t i = 0; i < n; ++i) {
    const auto events = static_cast<std::int32_t>(rows_.positives()[i]);
    counts[at(partition.cell[i])][0] += static_cast<std::int32_t>(rows_.weight()[i]) - events;
    counts[at(partition.cell[i])][1] += events;
    members[at(partition.cell[i])].push_back(static_cast<std::int32_t>(i));
  }
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < cells; ++c) {
    if (counts[c][0] > 0 && counts[c][1] > 0) order.push_back(c);
  }
  // The cells with the most entropy come first, so that sums grow fast.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return part(counts[a][1], counts[a][0]) > part(counts[b][1], counts[b][0]);
  });
  placed_.clear();
  runs_.clear();
  shifts_.clear();
  for (const std::size_t c : order) {
    for (const int isEvent : {0, 1}) {
      Run run{.begin = static_cast<std::uint32_t>(shifts_.size()), .rows = counts[c][at(isEvent)]};
      for (unsigned digit = 0; digit < 31 && (run.rows >> digit) != 0; ++digit) {
        for (const std::int32_t i : members[c]) {
          const auto events = static_cast<std::int32_t>(rows_.positives()[at(i)]);
          const std::int32_t count = isEvent != 0 ? events : static_cast<std::int32_t>(rows_.weight()[at(i)]) - events;
          if (((count >> digit) & 1) != 0) placed_.push_back(i);
        }
        while (placed_.size() % wordBits != 0) placed_.push_back(-1);
        while (shifts_.size() * wordBits < placed_.size()) shifts_.push_back(digit);
      }
      run.end = static_cast<std::uint32_t>(shifts_.size());
      runs_.push_back(run);
    }
  }
  words_ = shifts_.size();
}

/// bits := a word of 64 places for each candidate.
void TripleCounts::transpose(std::span<const int> candidates) {
  bits_.assign(words_ * candidates_, 0);
  both_.resize(words_);
  std::array<std::uint64_t, wordBits> block;
  for (std::size_t word = 0; word < wordsOfRow_; ++word) {
    for (std::size_t w = 0; w < words_; ++w) {
      for (std::size_t i = 0; i < wordBits; ++i) {
        const std::int32_t row = placed_[w * wordBits + i];
        block[i] = row < 0 ? 0 : rowBits_[at(row) * wordsOfRow_ + word];
      }
      transposeBits(block);
      for (std::size_t u = 0; u < candidates_; ++u) {
        const std::size_t j = at(candidates[u]);
        if (j / wordBits == word) bits_[u * words_ + w] = block[j % wordBits];
      }
    }
  }
}

void TripleCounts::countPairs() {
  const std::size_t runs = runs_.size();
  singles_.resize(candidates_ * runs);
  pairs_.resize(candidates_ * candidates_ * runs);
  for (std::size_t u = 0; u < candidates_; ++u) {
    la_.checkpoint();
    const std::uint64_t* bits = bits_.data() + u * words_;
    for (std::size_t v = u; v < candidates_; ++v) {
      for (std::size_t r = 0; r < runs; ++r) {
        pairs_[(u * candidates_ + v) * runs + r] =
            countOf(bits, bits_.data() + v * words_, shifts_.data(), runs_[r].begin, runs_[r].end);
      }
    }
    std::copy_n(pairs_.begin() + static_cast<std::ptrdiff_t>((u * candidates_ + u) * runs), runs,
                singles_.begin() + static_cast<std::ptrdiff_t>(u * runs));
  }
}

void TripleCounts::choosePair(std::size_t a, std::size_t b) {
  a_ = a;
  b_ = b;
  for (std::size_t w = 0; w < words_; ++w) both_[w] = bits_[a * words_ + w] & bits_[b * words_ + w];
}

double TripleCounts::entropyOfPair() const {
  const std::size_t runs = runs_.size();
  double sum = 0;
  for (std::size_t r = 0; r < runs; r += 2) {
    std::array<std::array<std::int32_t, 4>, 2> count;
    for (std::size_t k = 0; k < 2; ++k) {
      const std::int32_t a = singles_[a_ * runs + r + k], b = singles_[b_ * runs + r + k];
      const std::int32_t ab = pairs_[(a_ * candidates_ + b_) * runs + r + k];
      count[k] = {ab, a - ab, b - ab, runs_[r + k].rows - a - b + ab};
    }
    for (std::size_t q = 0; q < 4; ++q) sum += part(count[1][q], count[0][q]);
  }
  return sum;
}

double TripleCounts::entropy(std::size_t c, double goal) {
  const std::size_t runs = runs_.size();
  const std::uint64_t* bits = bits_.data() + c * words_;
  const std::int32_t* pairAB = pairs_.data() + (a_ * candidates_ + b_) * runs;
  const std::int32_t* pairAC = pairs_.data() + (a_ * candidates_ + c) * runs;
  const std::int32_t* pairBC = pairs_.data() + (b_ * candidates_ + c) * runs;
  const std::int32_t* singleA = singles_.data() + a_ * runs;
  const std::int32_t* singleB = singles_.data() + b_ * runs;
  const std::int32_t* singleC = singles_.data() + c * runs;
  double sum = 0;
  for (std::size_t r = 0; r < runs && sum < goal; r += 2) {
    std::array<std::array<std::int32_t, 8>, 2> count;
    for (std::size_t k = 0; k < 2; ++k) {
      const std::size_t q = r + k;
      const std::int32_t abc = countOf(both_.data(), bits, shifts_.data(), runs_[q].begin, runs_[q].end);
      const std::int32_t ab = pairAB[q] - abc, ac = pairAC[q] - abc, bc = pairBC[q] - abc;
      const std::int32_t a = singleA[q] - abc - ab - ac, b = singleB[q] - abc - ab - bc,
                         c1 = singleC[q] - abc - ac - bc;
      count[k] = {abc, ab, ac, bc, a, b, c1, runs_[q].rows - abc - ab - ac - bc - a - b - c1};
    }
    for (std::size_t q = 0; q < 8; ++q) sum += part(count[1][q], count[0][q]);
  }
  return sum;
}

}  // namespace nonconvex
