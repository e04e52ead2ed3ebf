#include "binding/job.hpp"

#include <chrono>
#include <utility>

#include "core/error.hpp"
#include "core/late_release.hpp"

namespace nonconvex {
namespace {

constexpr int mostInTurn = 16;  // deliveries in a turn of the event loop

#ifdef NONCONVEX_NO_THREADS
constexpr bool hasThreads = false;
#else
constexpr bool hasThreads = true;
#endif

}  // namespace

void Job::report(const Progress& progress) {
  if (listener_ != nullptr) listener_->report(*this, progress);
}

void Mailbox::run(const std::shared_ptr<Job>& job, WorkerPool& pool) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || job->taken_) return;
    job->taken_ = true;
    running_.emplace(job.get(), job);
  }
  KeptBlocks blocks(job->monitor_);
  try {
    job->run(pool, job->monitor_);
  } catch (...) {
    job->error_ = std::current_exception();
  }
  const auto giveBack = [&] {
    job->giveBack();
    job->copies_.clear();
  };
  const bool inTime = !job->monitor_.aborted();
  std::optional<LateRelease> late;
  if (inTime) {
    giveBack();
  } else {
    late.emplace();
  }
  {
    const std::lock_guard lock(mutex_);
    job->news_.finished = true;
    post(job);
  }
  if (!inTime) giveBack();
  if (!inTime && blocks.any()) awaitDelivery(*job);
  blocks.release();
  late.reset();
  const std::lock_guard lock(mutex_);
  running_.erase(job.get());
  if (running_.empty()) idle_.notify_all();
}

/// Waits until the promise is settled, or for a while: what gives memory back takes processors, and the system's locks,
/// from the thread that makes the answer.
void Mailbox::awaitDelivery(const Job& job) {
  constexpr std::chrono::milliseconds longest(100);
  std::unique_lock lock(mutex_);
  if (hasThreads) answered_.wait_for(lock, longest, [&] { return job.delivered_ || closed_; });
}

void Mailbox::noteDelivery(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    job.delivered_ = true;
  }
  answered_.notify_all();
}

bool Mailbox::waits(const Job& job) {
  const std::lock_guard lock(mutex_);
  return !closed_ && !job.taken_;
}

void Mailbox::report(Job& job, const Progress& progress) {
  std::unique_ptr<Job::Report> report = job.keep(progress);
  {
    const std::lock_guard lock(mutex_);
    job.news_.progress = std::move(report);
    post(running_.at(&job));
  }
  if constexpr (!hasThreads) serve_();
}

void Mailbox::post(const std::shared_ptr<Job>& job) {
  if (closed_ || job->posted_) return;
  job->posted_ = true;
  ready_.push_back(job);
  // One wake-up is enough for all that is ready. It only signals, so the lock is not held for long.
  if (ready_.size() == 1) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

std::optional<Mailbox::Delivery> Mailbox::take() {
  const std::lock_guard lock(mutex_);
  if (ready_.empty()) return std::nullopt;
  std::shared_ptr<Job> job = std::move(ready_.front());
  ready_.pop_front();
  job->posted_ = false;
  Job::Update news = std::exchange(job->news_, {});
  return Delivery(std::move(job), std::move(news));
}

bool Mailbox::hasDeliveries() {
  const std::lock_guard lock(mutex_);
  return !ready_.empty();
}

double Mailbox::call(const Job* job, std::size_t function, std::initializer_list<double> arguments) {
  const auto call = std::make_shared<Call>(Call{.job = job, .function = function, .arguments = arguments});
  std::unique_lock lock(mutex_);
  if (!closed_) {
    calls_.push_back(call);
    if (hasThreads && calls_.size() == 1) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
  }
  if constexpr (!hasThreads) {
    lock.unlock();
    serve_();
    lock.lock();
  }
  answered_.wait(lock, [&] { return call->answered || call->promised || closed_; });
  while (!call->answered && !closed_ && !job->monitor_.ending()) {
    answered_.wait_for(lock, std::chrono::milliseconds(10));
  }
  if (call->failure) std::rethrow_exception(call->failure);
  if (call->answered) return call->answer;
  if (closed_) throw Interrupted{};
  lock.unlock();
  job->monitor_.checkpoint();
  return unknown;
}

std::vector<std::shared_ptr<Mailbox::Call>> Mailbox::takeCalls() {
  const std::lock_guard lock(mutex_);
  return std::exchange(calls_, {});
}

void Mailbox::answer(Call& call, double value, std::exception_ptr failure) {
  {
    const std::lock_guard lock(mutex_);
    call.answer = value;
    call.failure = std::move(failure);
    call.answered = true;
  }
  answered_.notify_all();
}

void Mailbox::promise(Call& call) {
  {
    const std::lock_guard lock(mutex_);
    call.promised = true;
  }
  answered_.notify_all();
}

void Mailbox::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  answered_.notify_all();
  for (const auto& [key, job] : running_) job->abort();
  idle_.wait(lock, [this] { return running_.empty(); });
  ready_.clear();
}

Runtime& Runtime::instance() {
  static Runtime runtime;
  return runtime;
}

Runtime::~Runtime() { close(); }

void Runtime::close() {
  std::unordered_set<std::shared_ptr<Mailbox>> open;
  {
    const std::lock_guard lock(mutex_);
    exiting_ = true;
    open.swap(mailboxes_);
  }
  for (const auto& mailbox : open) mailbox->close();
}

void Runtime::setWorkers(int workers) {
  const std::lock_guard lock(mutex_);
  workers_ = workers;
}

int Runtime::workers() {
  const std::lock_guard lock(mutex_);
  return pool_ ? pool_->threads() : workers_;
}

void Runtime::enter(const std::shared_ptr<Mailbox>& mailbox) {
  const std::lock_guard lock(mutex_);
  mailboxes_.insert(mailbox);
}

void Runtime::leave(const std::shared_ptr<Mailbox>& mailbox) {
  std::unique_ptr<WorkerPool> unused, unusedBrief;  // joined after the lock is released
  const std::lock_guard lock(mutex_);
  mailboxes_.erase(mailbox);
  if (!mailboxes_.empty()) return;
  unused = std::move(pool_);
  unusedBrief = std::move(briefPool_);
}

void Runtime::submit(const std::shared_ptr<Mailbox>& mailbox, const std::shared_ptr<Job>& job) {
  enqueue(mailbox, job, job->isBrief());
}

void Runtime::abort(const std::shared_ptr<Mailbox>& mailbox, const std::shared_ptr<Job>& job) {
  job->abort();
  try {
    if (mailbox->waits(*job)) enqueue(mailbox, job, true);
  } catch (const Error&) {
    // No thread for brief jobs: it ends when its turn comes.
  }
}

void Runtime::prepare(bool brief) {
  const std::lock_guard lock(mutex_);
  if (!exiting_) pool(brief);
}

/// The pool for all jobs, or for brief ones, made when it is first asked for.
WorkerPool& Runtime::pool(bool brief) {
  std::unique_ptr<WorkerPool>& pool = brief ? briefPool_ : pool_;
  if (pool != nullptr) return *pool;
  pool = std::make_unique<WorkerPool>(brief ? 1 : workers_);
  return *pool;
}

/// Queues a job, which may be in the other queue already. Queues own no jobs: what was run from one is gone in the
/// other.
void Runtime::enqueue(const std::shared_ptr<Mailbox>& mailbox, const std::shared_ptr<Job>& job, bool brief) {
  const std::lock_guard lock(mutex_);
  if (exiting_) return;
  WorkerPool& workers = pool(brief);
  workers.submit([&workers, mailbox, waiting = std::weak_ptr(job)] {
    if (const std::shared_ptr<Job> found = waiting.lock()) mailbox->run(found, workers);
  });
}

void Environment::create(Napi::Env env) {
  env.SetInstanceData(new Environment(env));  // owned by the environment from here on
}

/// A function for threads to call that does `Act` on the JavaScript thread. It does not keep the process alive.
template <void (Environment::*Act)()>
napi_threadsafe_function Environment::wakes() {
  const auto act = [](napi_env alive, napi_value, void* self, void*) {
    if (alive != nullptr) (static_cast<Environment*>(self)->*Act)();
  };
  napi_threadsafe_function function = nullptr;
  const napi_status status = napi_create_threadsafe_function(
      env_, nullptr, nullptr, Napi::String::New(env_, "nonconvex"), 0, 1, nullptr, nullptr, this, act, &function);
  if (status != napi_ok) throw Napi::Error::New(env_);
  napi_unref_threadsafe_function(env_, function);
  return function;
}

Environment::Environment(Napi::Env env) : env_(env) {
  wake_ = wakes<&Environment::onWake>();
  turn_ = wakes<&Environment::deliverSome>();
  mailbox_ = std::make_shared<Mailbox>(wake_, [this] { serve(); });
  Runtime::instance().enter(mailbox_);
  // Registered after the thread-safe function, so called before that is closed. No JavaScript can run any more.
  const auto onCleanup = [](void* data) {
    auto* self = static_cast<Environment*>(data);
    self->mailbox_->close();
    self->pending_.clear();
    Runtime::instance().leave(self->mailbox_);
  };
  napi_add_env_cleanup_hook(env, onCleanup, this);
}

Napi::Object Environment::start(std::shared_ptr<Job> job) {
  Writer handle(env_);
  handle.value("promise", start(std::move(job), env_.Undefined(), {}));
  return handle.object();
}

void Environment::abort(double number) {
  const auto found = numbered_.find(number);
  if (found != numbered_.end()) Runtime::instance().abort(mailbox_, pending_.at(found->second).job);
}

Napi::Promise Environment::start(std::shared_ptr<Job> job, Napi::Value onProgress, Inputs inputs, double number) {
  Runtime::instance().prepare(job->isBrief());  // which may throw, while nobody waits for the job yet
  Pending pending{.job = job,
                  .number = number,
                  .deferred = Napi::Promise::Deferred::New(env_),
                  .onProgress = {},
                  .memories = std::move(inputs.memories),
                  .functions = {}};
  job->copies_ = std::move(inputs.copies);
  if (onProgress.IsFunction()) {
    pending.onProgress = Napi::Persistent(onProgress.As<Napi::Function>());
    job->listener_ = mailbox_.get();
  }
  for (const auto& [function, callback, reads, writes] : inputs.functions) {
    *callback = [mailbox = mailbox_, key = job.get(), index = pending.functions.size()](auto arguments) {
      return mailbox->call(key, index, arguments);
    };
    pending.functions.push_back(
        {Napi::Persistent(function), {reads.begin(), reads.end()}, {writes.begin(), writes.end()}});
  }

  const Napi::Promise promise = pending.deferred.Promise();
  if (pending_.empty()) napi_ref_threadsafe_function(env_, wake_);
  if (number > 0) numbered_.emplace(number, job.get());
  pending_.emplace(job.get(), std::move(pending));
  Runtime::instance().submit(mailbox_, job);
  return promise;
}

/// Answers calls and tells of reports at once, for a solve on this thread.
void Environment::serve() {
  for (const std::shared_ptr<Mailbox::Call>& call : mailbox_->takeCalls()) this->call(call);
  while (const std::optional<Mailbox::Delivery> delivery = mailbox_->take()) deliver(*delivery);
}

/// Delivers what one turn of the event loop has time for: some at once, and more of them by deliverSome(). Node serves
/// a function of threads over and over in one turn while it is called again meanwhile, so that thousands of short
/// solves would hold up everything else: turn_ is called by onWake alone, never from deliverSome(), and so has one call
/// a turn.
void Environment::onWake() {
  for (const std::shared_ptr<Mailbox::Call>& call : mailbox_->takeCalls()) this->call(call);
  if (turnAsked_ || !deliverUpTo(mostInTurn - delivered_)) return;
  turnAsked_ = true;
  napi_call_threadsafe_function(turn_, nullptr, napi_tsfn_nonblocking);
}

void Environment::deliverSome() {
  turnAsked_ = false;
  delivered_ = 0;
  if (deliverUpTo(mostInTurn)) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

/// Delivers some; whether there may be more. What the promises' users do comes after it, which a number bounds, not the
/// time taken here.
bool Environment::deliverUpTo(int most) {
  constexpr double seconds = 0.01;
  const Stopwatch watch;
  for (int i = 0; i < most && watch.seconds() < seconds; ++i) {
    const std::optional<Mailbox::Delivery> delivery = mailbox_->take();
    if (!delivery) return false;
    ++delivered_;
    deliver(*delivery);
  }
  return mailbox_->hasDeliveries();
}

namespace {

double numberIn(Napi::Value answer) { return answer.IsNumber() ? answer.As<Napi::Number>().DoubleValue() : unknown; }

}  // namespace

/// Calls a function for a worker. src/core/callbacks.ts catches what a function throws, and answers not-a-number; what
/// comes through is a failure all the same.
void Environment::call(const std::shared_ptr<Mailbox::Call>& call) {
  const auto found = pending_.find(call->job);
  if (found == pending_.end()) return mailbox_->answer(*call, unknown);
  const Napi::HandleScope scope(env_);
  try {
    const Function& of = found->second.functions[call->function];
    for (const SharedReference& vector : of.reads) vector.here().give();
    std::vector<napi_value> arguments;
    for (const double argument : call->arguments) arguments.push_back(Napi::Number::New(env_, argument));
    const Napi::Value value = of.function.Call(arguments);
    if (value.IsPromise() && hasThreads) return answerLater(call, value.As<Napi::Promise>());
    if (value.IsPromise()) {
      throw Error(ErrorKind::solver, "a function returned a promise, for which this build without threads cannot wait",
                  "CALLBACK_FAILED");
    }
    answer(*call, value);
  } catch (const Napi::Error&) {  // a listener of errors threw, or the environment is about to end
    mailbox_->answer(*call, unknown,
                     std::make_exception_ptr(Error(ErrorKind::solver, "a callback threw", "CALLBACK_FAILED")));
  } catch (...) {
    mailbox_->answer(*call, unknown, std::current_exception());
  }
}

/// Answers a call with what its function has returned, and written.
void Environment::answer(Mailbox::Call& call, Napi::Value value) {
  const auto found = pending_.find(call.job);
  try {
    if (found != pending_.end()) {
      for (const SharedReference& vector : found->second.functions[call.function].writes) vector.here().take();
    }
    mailbox_->answer(call, numberIn(value));
  } catch (...) {
    mailbox_->answer(call, unknown, std::current_exception());
  }
}

/// Answers a call when its promise is settled. The promises of src/core/callbacks.ts are never rejected.
void Environment::answerLater(const std::shared_ptr<Mailbox::Call>& call, Napi::Promise promise) {
  const auto settled = [this, call](const Napi::CallbackInfo& info) { answer(*call, info[0]); };
  const Napi::Function answered = Napi::Function::New(env_, settled, "answer");
  promise.Get("then").As<Napi::Function>().Call(promise, {answered, answered});
  mailbox_->promise(*call);
}

void Environment::deliver(const Mailbox::Delivery& delivery) {
  const auto& [job, news] = delivery;
  const auto found = pending_.find(job.get());
  if (found == pending_.end()) return;
  Pending& pending = found->second;  // stays valid if the listener starts another solve; the iterator may not
  const Napi::HandleScope scope(env_);
  try {
    if (news.progress && !pending.onProgress.IsEmpty()) {
      pending.onProgress.Call({news.progress->toJs(env_)});  // src/core/callbacks.ts catches what a listener throws
    }
  } catch (const Napi::Error&) {  // the environment is about to end
  }
  if (!news.finished) return;
  settle(*job, pending.deferred);
  if (job->monitor_.aborted()) mailbox_->noteDelivery(*job);
  numbered_.erase(pending.number);
  pending_.erase(job.get());
  if (pending_.empty()) napi_unref_threadsafe_function(env_, wake_);
}

void Environment::settle(Job& job, const Napi::Promise::Deferred& deferred) {
  try {
    try {
      if (job.error_) std::rethrow_exception(job.error_);
      deferred.Resolve(job.result(env_));
    } catch (...) {
      deferred.Reject(toJs(env_, std::current_exception()).Value());
    }
  } catch (const Napi::Error&) {  // the environment is about to end
  }
}

}  // namespace nonconvex
