// Rows of coefficients, kept with the node that they multiply while a plan is made.
#pragma once

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {

struct Coefficient {
  int row;
  int entry;  // of a node
  double value;
};

/// Lists of coefficients, one a node, in one pool.
class CoefficientLists {
 public:
  explicit CoefficientLists(int nodes) : first_(at(nodes), -1) {}

  bool empty(int node) const { return first_[at(node)] < 0; }
  /// Makes room for so many more, at once: a pool that grows copies what is there.
  void reserve(std::size_t more) {
    const std::size_t size = pool_.size() + more;
    if (size > pool_.capacity()) pool_.reserve(std::max(size, 2 * pool_.capacity()));
  }
  void add(int node, const Coefficient& c) {
    int place = free_;
    if (place >= 0) {
      free_ = pool_[at(place)].next;
    } else {
      if (pool_.size() == at(std::numeric_limits<int>::max())) {
        throw Error(ErrorKind::range, "the model has too many linear terms");
      }
      place = static_cast<int>(pool_.size());
      pool_.emplace_back();
    }
    pool_[at(place)] = {c, first_[at(node)]};
    first_[at(node)] = place;
  }
  /// Moves a node's list to `to`, sorted, and coefficients of the same row and entry as one.
  void take(int node, std::vector<Coefficient>& to) {
    to.clear();
    int last = -1;
    for (int k = first_[at(node)]; k >= 0; k = pool_[at(k)].next) {
      to.push_back(pool_[at(k)].coefficient);
      last = k;
    }
    if (last >= 0) {
      pool_[at(last)].next = free_;
      free_ = std::exchange(first_[at(node)], -1);
    }
    if (to.size() < 2) return;
    std::reverse(to.begin(), to.end());
    const auto before = [](const Coefficient& x, const Coefficient& y) {
      return x.row != y.row ? x.row < y.row : x.entry < y.entry;
    };
    if (!std::is_sorted(to.begin(), to.end(), before)) std::stable_sort(to.begin(), to.end(), before);
    std::size_t kept = 0;
    for (std::size_t k = 1; k < to.size(); ++k) {
      if (to[k].row == to[kept].row && to[k].entry == to[kept].entry) {
        to[kept].value += to[k].value;
      } else {
        to[++kept] = to[k];
      }
    }
    to.resize(kept + 1);
  }
  template <class F>
  void forEach(int node, F&& f) const {
    for (int k = first_[at(node)]; k >= 0; k = pool_[at(k)].next) f(pool_[at(k)].coefficient);
  }

 private:
  struct Link {
    Coefficient coefficient;
    int next;
  };
  std::vector<Link> pool_;
  std::vector<int> first_;  // -1: none
  int free_ = -1;
};

}  // namespace nonconvex
