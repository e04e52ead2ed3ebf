#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "linalg/sparse/ordering.hpp"

namespace nonconvex {
namespace {

/// The quotient graph. Each live variable i has a list in `lists_`: first elements (cliques left by elimination), then
/// variables; each live element its list of variables. Notation of the paper: A_i variables, E_i elements of variable
/// i, L_e variables of element e.
class MinimumDegree {
 public:
  /// `byFill`: what is least is not the degree but the fill that an elimination would bring, in as far as the elements
  /// around a variable tell (Rothberg and Eisenstat, "Node selection strategies for bottom-up sparse matrix ordering",
  /// 1998). `stages`, if not empty: those of a stage come after those of the ones before.
  MinimumDegree(const Adjacency& graph, bool byFill, std::span<const int> stages, const Cpu& la)
      : la_(la), n_(graph.vertices()), byFill_(byFill), weight_(graph.weights), stages_(stages) {
    reserve();
    setAsideDenseRows(graph);
    makeLists(graph);
  }

  std::vector<int> order() {
    constexpr std::size_t looks = 16;  // pivots between two looks at whether to go on
    std::vector<int> pivots;
    std::vector<int> later(stages_.size());
    std::iota(later.begin(), later.end(), 0);
    std::stable_sort(later.begin(), later.end(), [&](int u, int v) { return stages_[at(u)] < stages_[at(v)]; });
    std::size_t next = 0;
    do {
      if (live_ == 0 && next < later.size()) {
        stage_ = stages_[at(later[next])];
        lowest_ = 0;
      }
      for (; next < later.size() && stages_[at(later[next])] <= stage_; ++next) {
        const int v = later[next];
        if (stage_ > 0 && state(v) == State::variable) insert(v, degree_[at(v)], known_[at(v)]);
      }
      int least = 0;
      while (live_ > 0) {
        while (head_[at(least)] < 0) ++least;
        const int pivot = head_[at(least)];
        eliminate(pivot);
        pivots.push_back(pivot);
        if (pivots.size() % looks == 0) la_.checkpoint();
        least = std::min(least, lowest_);
      }
    } while (next < later.size());
    std::vector<int> out;
    out.reserve(at(n_));
    la_.checkpoint();
    for (const int pivot : pivots) {
      for (int v = pivot; v >= 0; v = nextMember_[at(v)]) out.push_back(v);
    }
    la_.checkpoint();
    out.insert(out.end(), dense_.begin(), dense_.end());
    return out;
  }

 private:
  static constexpr int verticesAtOnce = 1 << 15;  // between two looks at whether to go on

  enum class State : std::uint8_t { variable, member, element, absorbed, dense };

  /// Memory for all vertices, in pieces: where there are millions, the system takes some time to clear it.
  void reserve() {
    const auto n = at(n_);
    const auto look = [this] { la_.checkpoint(); };
    const auto fill = [&]<class T>(std::vector<T>& values, std::size_t size, T value) {
      fillInPieces(values, size, value, look);
    };
    fill(begin_, n, std::size_t{0});
    for (std::vector<int>* zeros : {&length_, &elements_, &degree_, &list_, &lastMember_}) fill(*zeros, n, 0);
    for (std::vector<int>* none : {&next_, &previous_, &nextMember_, &buckets_}) fill(*none, n, -1);
    fill(state_, n, State::variable);
    fill(mark_, n, std::int64_t{0});
    fill(hash_, n, std::uint32_t{0});
    fill(known_, n, 0.0);
    std::iota(lastMember_.begin(), lastMember_.end(), 0);
    for (const int w : weight_) remaining_ += w;
    fill(head_, at(remaining_) + 1, -1);
    look();
  }

  /// The lists of neighbours and of degrees.
  void makeLists(const Adjacency& graph) {
    lists_.reserve(graph.neighbours.size());
    for (int v = 0; v < n_; ++v) {
      if (v % verticesAtOnce == 0) la_.checkpoint();
      if (state(v) != State::variable) continue;
      begin_[at(v)] = lists_.size();
      int degree = 0;
      for (const int u : graph.of(v)) {
        if (state(u) != State::variable) continue;
        lists_.push_back(u);
        degree += weight_[at(u)];
      }
      length_[at(v)] = static_cast<int>(lists_.size() - begin_[at(v)]);
      degree_[at(v)] = degree;
      insert(v, degree, 0);
    }
    compactAt_ = 2 * lists_.size() + 16 * at(n_);
  }

  State& state(int v) { return state_[at(v)]; }
  int stageOf(int v) const { return stages_.empty() ? 0 : stages_[at(v)]; }

  void setAsideDenseRows(const Adjacency& graph) {
    const double dense = std::max(16.0, 10 * std::sqrt(static_cast<double>(n_)));
    for (int v = 0; v < n_; ++v) {
      if (graph.degree(v) > dense) {
        dense_.push_back(v);
        state(v) = State::dense;
        remaining_ -= weight_[at(v)];
      }
    }
    std::stable_sort(dense_.begin(), dense_.end(), [&](int a, int b) { return graph.degree(a) < graph.degree(b); });
  }

  /// `known`: twice the number of pairs of neighbours that are neighbours of each other.
  void insert(int v, int degree, double known) {
    list_[at(v)] = -1;
    known_[at(v)] = known;
    if (stageOf(v) > stage_) return;
    const int list = byFill_ ? fillList(v, degree, known) : degree;
    list_[at(v)] = list;
    int& head = head_[at(list)];
    next_[at(v)] = head;
    previous_[at(v)] = -1;
    if (head >= 0) previous_[at(head)] = v;
    head = v;
    ++live_;
    lowest_ = std::min(lowest_, list);
  }

  /// Lists by the square root of the fill.
  int fillList(int v, double degree, double known) const {
    const double fill = std::max(0.0, degree * (degree - 1) - known) / (1 + weight_[at(v)]);
    return std::min(static_cast<int>(head_.size()) - 1, static_cast<int>(std::sqrt(fill)));
  }

  void remove(int v) {
    if (list_[at(v)] < 0) return;
    const int before = previous_[at(v)];
    const int after = next_[at(v)];
    (before >= 0 ? next_[at(before)] : head_[at(list_[at(v)])]) = after;
    if (after >= 0) previous_[at(after)] = before;
    --live_;
  }

  /// v and its members follow u in the order.
  void join(int u, int v, State becomes) {
    nextMember_[at(lastMember_[at(u)])] = v;
    lastMember_[at(u)] = lastMember_[at(v)];
    state(v) = becomes;
  }

  void eliminate(int pivot) {
    if (lists_.size() > compactAt_) compact();
    lowest_ = n_ > 0 ? static_cast<int>(head_.size()) - 1 : 0;
    remove(pivot);
    remaining_ -= weight_[at(pivot)];
    formElement(pivot);
    countOutside(pivot);
    for (const int i : element_) updateVariable(pivot, i);
    mergeIndistinguishable();
    finishElement(pivot);
  }

  /// L_p = (A_p and all L_e, e in E_p) without p; the elements are absorbed.
  void formElement(int pivot) {
    element_.clear();
    elementWeight_ = 0;
    inElement_ = ++stamp_;
    mark_[at(pivot)] = inElement_;
    const auto gather = [&](int owner, int from, int to) {
      for (int k = from; k < to; ++k) {
        const int v = lists_[begin_[at(owner)] + at(k)];
        if (state(v) != State::variable || mark_[at(v)] == inElement_) continue;
        mark_[at(v)] = inElement_;
        element_.push_back(v);
        elementWeight_ += weight_[at(v)];
        remove(v);
      }
    };
    for (int k = 0; k < elements_[at(pivot)]; ++k) {
      const int e = lists_[begin_[at(pivot)] + at(k)];
      if (state(e) != State::element) continue;
      gather(e, 0, length_[at(e)]);
      state(e) = State::absorbed;
    }
    gather(pivot, elements_[at(pivot)], length_[at(pivot)]);
    state(pivot) = State::element;
  }

  /// outside_[e] = weight of L_e \ L_p for every element next to a variable of L_p.
  void countOutside(int pivot) {
    touched_ = ++stamp_;
    if (outside_.empty()) outside_.resize(at(n_));
    for (const int i : element_) {
      for (int k = 0; k < elements_[at(i)]; ++k) {
        const int e = lists_[begin_[at(i)] + at(k)];
        if (state(e) != State::element || e == pivot) continue;
        if (mark_[at(e)] != touched_) {
          mark_[at(e)] = touched_;
          outside_[at(e)] = degree_[at(e)];
        }
        outside_[at(e)] -= weight_[at(i)];
      }
    }
  }

  /// Knowledge of a variable's neighbours beside the new element.
  struct Neighbours {
    int elements = 0;
    int degree = 0;
    double known = 0;
    std::uint32_t hash = 0;
  };

  /// Prunes the lists of i, puts the new element first, and bounds its degree; it may be eliminated at once.
  void updateVariable(int pivot, int i) {
    const Neighbours others = pruneLists(i);
    if (scratch_.empty() && stageOf(i) <= stage_) {  // no neighbours but L_p: mass elimination
      elementWeight_ -= weight_[at(i)];
      remaining_ -= weight_[at(i)];
      join(pivot, i, State::member);
      return;
    }
    // One place is free, for the new element: either an element of i was absorbed, or `pivot` itself was in A_i.
    int* list = lists_.data() + begin_[at(i)];
    list[0] = pivot;
    std::copy(scratch_.begin(), scratch_.end(), list + 1);
    elements_[at(i)] = others.elements + 1;
    length_[at(i)] = static_cast<int>(scratch_.size()) + 1;
    degree_[at(i)] = std::min(degree_[at(i)], others.degree);  // the part of L_p is added when it is known
    known_[at(i)] = others.known;
    hash_[at(i)] = others.hash;
  }

  /// Puts what is left of E_i, then of A_i without L_p, into `scratch_`.
  Neighbours pruneLists(int i) {
    Neighbours found;
    const int* list = lists_.data() + begin_[at(i)];
    scratch_.clear();
    for (int k = 0; k < elements_[at(i)]; ++k) {
      const int e = list[k];
      if (state(e) != State::element) continue;
      if (outside_[at(e)] == 0) {  // L_e is part of L_p: aggressive absorption
        state(e) = State::absorbed;
        continue;
      }
      found.degree += outside_[at(e)];
      found.known += outside_[at(e)] * (2.0 * (degree_[at(e)] - weight_[at(i)]) - outside_[at(e)] - 1);
      found.hash += static_cast<std::uint32_t>(e);
      scratch_.push_back(e);
    }
    found.elements = static_cast<int>(scratch_.size());
    for (int k = elements_[at(i)]; k < length_[at(i)]; ++k) {
      const int v = list[k];
      if (state(v) != State::variable || mark_[at(v)] == inElement_) continue;
      found.degree += weight_[at(v)];
      found.hash += static_cast<std::uint32_t>(v);
      scratch_.push_back(v);
    }
    return found;
  }

  /// Variables of L_p with the same neighbours become one.
  void mergeIndistinguishable() {
    for (const int i : element_) {
      if (state(i) != State::variable) continue;
      int& bucket = buckets_[hash_[at(i)] % at(n_)];
      next_[at(i)] = bucket;
      bucket = i;
    }
    for (const int first : element_) {
      if (state(first) != State::variable) continue;
      int i = std::exchange(buckets_[hash_[at(first)] % at(n_)], -1);
      for (; i >= 0 && next_[at(i)] >= 0; i = next_[at(i)]) {
        ++stamp_;
        for (int k = 1; k < length_[at(i)]; ++k) mark_[at(lists_[begin_[at(i)] + at(k)])] = stamp_;
        int before = i;
        for (int j = next_[at(i)]; j >= 0; j = next_[at(j)]) {
          if (equalToMarked(i, j)) {
            weight_[at(i)] += weight_[at(j)];
            join(i, j, State::member);
            next_[at(before)] = next_[at(j)];
          } else {
            before = j;
          }
        }
      }
    }
  }

  bool equalToMarked(int i, int j) const {
    if (hash_[at(i)] != hash_[at(j)] || length_[at(i)] != length_[at(j)] || elements_[at(i)] != elements_[at(j)] ||
        stageOf(i) != stageOf(j)) {
      return false;
    }
    for (int k = 1; k < length_[at(j)]; ++k) {
      if (mark_[at(lists_[begin_[at(j)] + at(k)])] != stamp_) return false;
    }
    return true;
  }

  /// Stores L_p, and puts its variables back into the lists of degrees.
  void finishElement(int pivot) {
    begin_[at(pivot)] = lists_.size();
    for (const int i : element_) {
      if (state(i) != State::variable) continue;
      lists_.push_back(i);
      const int inside = elementWeight_ - weight_[at(i)];
      degree_[at(i)] = std::max(0, std::min(degree_[at(i)] + inside, remaining_ - weight_[at(i)]));
      insert(i, degree_[at(i)], known_[at(i)] + static_cast<double>(inside) * (inside - 1));
    }
    length_[at(pivot)] = static_cast<int>(lists_.size() - begin_[at(pivot)]);
    degree_[at(pivot)] = elementWeight_;
    if (length_[at(pivot)] == 0) state(pivot) = State::absorbed;
  }

  /// Drops the lists of what is no longer alive.
  void compact() {
    std::vector<int> kept;
    kept.reserve(compactAt_);
    for (int v = 0; v < n_; ++v) {
      if (v % verticesAtOnce == 0) la_.checkpoint();
      if (state(v) != State::variable && state(v) != State::element) continue;
      const std::size_t begin = kept.size();
      const int* list = lists_.data() + begin_[at(v)];
      kept.insert(kept.end(), list, list + length_[at(v)]);
      begin_[at(v)] = begin;
    }
    lists_.swap(kept);
    compactAt_ = std::max(compactAt_, 2 * lists_.size());
  }

  const Cpu& la_;
  int n_;
  bool byFill_;
  std::vector<int> weight_;
  std::span<const int> stages_;
  std::vector<int> lists_;
  std::vector<std::size_t> begin_;
  std::vector<int> length_, elements_;
  std::vector<State> state_;
  std::vector<std::int64_t> mark_;
  std::vector<int> degree_;    ///< weight of the variables of an element
  std::vector<double> known_;  ///< pairs of neighbours of a variable of L_p in older elements
  std::vector<int> head_, next_, previous_;
  std::vector<int> list_;  ///< the list that a variable is in
  std::vector<int> nextMember_, lastMember_;
  std::vector<std::uint32_t> hash_;
  std::vector<int> buckets_;
  std::vector<int> outside_;
  std::vector<int> element_, scratch_, dense_;
  std::size_t compactAt_ = 0;
  std::int64_t stamp_ = 0, inElement_ = 0, touched_ = 0;
  int elementWeight_ = 0;
  int remaining_ = 0;
  int live_ = 0;
  int lowest_ = 0;
  int stage_ = 0;
};

}  // namespace

std::vector<int> minimumDegree(const Adjacency& graph, const Cpu& la) {
  return graph.vertices() == 0 ? std::vector<int>() : MinimumDegree(graph, false, {}, la).order();
}

std::vector<int> minimumFill(const Adjacency& graph, std::span<const int> stages, const Cpu& la) {
  return graph.vertices() == 0 ? std::vector<int>() : MinimumDegree(graph, true, stages, la).order();
}

}  // namespace nonconvex
