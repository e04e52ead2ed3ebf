// Ranks that are threads of one process: sums in the order of ranks, without a library of messages.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/communicator.hpp"

namespace nonconvex {

class ThreadRanks {
 public:
  explicit ThreadRanks(int size) : size_(size), parts_(static_cast<std::size_t>(size)) {}

  /// Calls body(ranks) on a thread for each rank, and waits for all of them.
  void run(const std::function<void(const std::shared_ptr<Ranks>&)>& body) {
    std::vector<std::thread> threads;
    for (int rank = 0; rank < size_; ++rank) {
      threads.emplace_back([&, rank] { body(std::make_shared<Ranks>(std::make_unique<One>(*this, rank))); });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  class One final : public Communicator {
   public:
    One(ThreadRanks& all, int rank) : all_(all), rank_(rank) {}
    int rank() const override { return rank_; }
    int size() const override { return all_.size_; }
    void reduce(Operation operation, std::span<double> values) override {
      all_.parts_[static_cast<std::size_t>(rank_)] = {values.begin(), values.end()};
      all_.meet();
      for (std::size_t k = 0; k < values.size(); ++k) {
        double combined = all_.parts_[0][k];
        for (std::size_t r = 1; r < all_.parts_.size(); ++r) {
          const double other = all_.parts_[r][k];
          combined = operation == Operation::sum   ? combined + other
                     : operation == Operation::max ? std::max(combined, other)
                                                   : std::min(combined, other);
        }
        values[k] = combined;
      }
      all_.meet();
    }
    void broadcast(int from, std::span<char> bytes) override {
      if (from == rank_) all_.text_ = {bytes.begin(), bytes.end()};
      all_.meet();
      std::copy(all_.text_.begin(), all_.text_.end(), bytes.begin());
      all_.meet();
    }

   private:
    ThreadRanks& all_;
    int rank_;
  };

  /// Waits for all. That of the library looks again and again, which takes long where other programs are busy.
  void meet() {
    std::unique_lock lock(mutex_);
    const long meeting = meetings_;
    if (++here_ == size_) {
      here_ = 0;
      ++meetings_;
      met_.notify_all();
    } else {
      met_.wait(lock, [&] { return meetings_ != meeting; });
    }
  }

  int size_;
  std::mutex mutex_;
  std::condition_variable met_;
  int here_ = 0;
  long meetings_ = 0;
  std::vector<std::vector<double>> parts_;
  std::vector<char> text_;
};

}  // namespace nonconvex
