#include "core/lazy_shared.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace nonconvex {

struct OnceOfAny::State {
  std::mutex mutex;
  std::condition_variable changed;
  bool making = false;  // guarded by the mutex, as the next
  Made made;
};

OnceOfAny::OnceOfAny() : state_(std::make_unique<State>()) {}
OnceOfAny::~OnceOfAny() = default;

OnceOfAny::Made OnceOfAny::get(const std::function<Made()>& make, const std::function<bool()>& giveUp) {
  std::unique_lock lock(state_->mutex);
  while (state_->making) {
    if (giveUp()) return nullptr;
    state_->changed.wait_for(lock, std::chrono::milliseconds(10));
  }
  if (state_->made) return state_->made;
  state_->making = true;
  lock.unlock();
  const auto leave = [&](Made made) {
    lock.lock();
    state_->made = std::move(made);
    state_->making = false;
    state_->changed.notify_all();
  };
  try {
    leave(make());
  } catch (...) {
    leave(nullptr);
    throw;
  }
  return state_->made;
}

}  // namespace nonconvex
