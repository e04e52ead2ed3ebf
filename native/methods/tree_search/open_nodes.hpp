// Nodes of a tree search that wait, and the order in which they are taken.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

/// Which open node comes next.
enum class TreeOrder {
  depthFirst,  ///< the newest one
  bestBound,   ///< the one with the least bound, the newest of equal ones
  dive,        ///< the child that was added last, until a node is closed; then the one with the least bound
};

/// The open nodes of a tree search, and the least bound of those that were closed.
template <class Node>
class OpenNodes {
 public:
  struct Taken {
    Node node;
    double bound;
  };

  /// Takes the newest node first where the sizes of open nodes sum to more than `mostSize`, which keeps them few.
  OpenNodes(TreeOrder order, double mostSize)
      : order_(order), mostSize_(mostSize), stacked_(order == TreeOrder::depthFirst) {}

  /// Forgets all nodes, open and closed, and keeps the room for them.
  void clear() {
    for (std::vector<Entry>* entries : {&entries_, &dives_, &children_}) entries->clear();
    nodes_.clear();
    free_.clear();
    stacked_ = order_ == TreeOrder::depthFirst;
    goal_ = closed_ = infinity;
    size_ = 0;
    added_ = 0;
  }

  /// Makes room for `count` open nodes.
  void reserve(std::size_t count) {
    for (std::vector<Entry>* entries : {&entries_, &dives_, &children_}) entries->reserve(count);
    nodes_.reserve(count);
    free_.reserve(count);
  }

  /// Adds a node in which no objective is below `bound`, such as its parent's bound; of a node's children the one added
  /// last comes first. A bound that has reached the goal closes the node instead: then it returns false.
  bool add(Node&& node, double bound, double size = 1) {
    if (bound >= goal_) {
      close(bound);
      return false;
    }
    split_ = true;
    children_.push_back({bound, size, added_++, store(std::move(node))});
    size_ += size;
    return true;
  }

  /// Closes a part of the tree in which no objective is below `bound`.
  void close(double bound) {
    closed_ = std::min(closed_, bound);
    split_ = true;
  }

  /// Sets the number that closes nodes: open ones when they are taken.
  void setGoal(double goal) { goal_ = goal; }

  /// Says that children of one node follow.
  void beginChildren() { split_ = false; }

  /// Lines the children up; false where there were none, closed ones included.
  bool endChildren() {
    if (order_ == TreeOrder::dive && !children_.empty()) {
      dives_.push_back(children_.back());
      children_.pop_back();
    }
    for (const Entry& child : children_) {
      entries_.push_back(child);
      if (!stacked_) std::push_heap(entries_.begin(), entries_.end(), isAfter);
    }
    children_.clear();
    return split_;
  }

  /// The next node whose bound is below the goal; those before it are closed.
  std::optional<Taken> take() {
    while (count() > 0) {
      const Entry entry = next();
      size_ -= entry.size;
      free_.push_back(entry.place);
      if (entry.bound < goal_) return Taken{std::move(nodes_[entry.place]), entry.bound};
      close(entry.bound);
    }
    return std::nullopt;
  }

  std::size_t count() const { return entries_.size() + dives_.size(); }

  /// Calls f(node, bound) for each open node.
  template <class F>
  void forEach(F&& f) const {
    for (const std::vector<Entry>* entries : {&entries_, &dives_}) {
      for (const Entry& entry : *entries) f(nodes_[entry.place], entry.bound);
    }
  }

  /// The least bound of open and closed nodes.
  double leastBound() const {
    double least = closed_;
    for (const Entry& entry : dives_) least = std::min(least, entry.bound);
    if (!stacked_ && !entries_.empty()) return std::min(least, entries_.front().bound);
    for (const Entry& entry : entries_) least = std::min(least, entry.bound);
    return least;
  }

 private:
  struct Entry {
    double bound, size;
    std::int64_t number;
    std::size_t place;  // index in nodes_
  };

  /// The order of the heap, whose first entry is before all others.
  static bool isAfter(const Entry& a, const Entry& b) {
    return a.bound != b.bound ? a.bound > b.bound : a.number < b.number;
  }

  std::size_t store(Node&& node) {
    if (free_.empty()) {
      nodes_.push_back(std::move(node));
      return nodes_.size() - 1;
    }
    const std::size_t place = free_.back();
    free_.pop_back();
    nodes_[place] = std::move(node);
    return place;
  }

  Entry next() {
    chooseOrder();
    std::vector<Entry>& from = dives_.empty() ? entries_ : dives_;
    if (&from == &entries_ && !stacked_) std::pop_heap(entries_.begin(), entries_.end(), isAfter);
    const Entry entry = from.back();
    from.pop_back();
    return entry;
  }

  /// Goes over to the newest first where nodes take too much room, and back where they take half of it.
  void chooseOrder() {
    if (order_ == TreeOrder::depthFirst) return;
    if (!stacked_ && size_ > mostSize_) {
      std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.number < b.number; });
      stacked_ = true;
    } else if (stacked_ && size_ <= mostSize_ / 2) {
      std::make_heap(entries_.begin(), entries_.end(), isAfter);
      stacked_ = false;
    }
  }

  TreeOrder order_;
  double mostSize_;
  bool stacked_;  // entries_ by age; else a heap by bound
  std::vector<Entry> entries_;
  std::vector<Entry> dives_;     // children that come next in the order `dive`
  std::vector<Entry> children_;  // what `endChildren` lines up
  std::vector<Node> nodes_;
  std::vector<std::size_t> free_;  // places in nodes_
  double goal_ = infinity, closed_ = infinity, size_ = 0;
  std::int64_t added_ = 0;
  bool split_ = false;  // the node that is being branched on has children, open or closed
};

}  // namespace nonconvex
