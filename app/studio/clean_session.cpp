#include "app/studio/clean_session.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "reconstruct/clean/floaters.h"
#include "scene/edit/edit_history.h"
#include "scene/error.h"
#include "scene/formats/ply.h"
#include "scene/scene_frame.h"

namespace tessera::app {
namespace {

constexpr std::size_t kBars = 48;
constexpr std::uint8_t kMatching = 1, kSelected = 2, kOutside = 3;  // tints
constexpr auto kPurgeEvery = std::chrono::milliseconds(200);
constexpr double kBulk = 0.05;  // of the splats are left out at either end of each axis

using Model = std::shared_ptr<const scene::GaussianModel>;

scene::OrientedBox bulk_of(const scene::GaussianModel& model) {
  scene::OrientedBox box;
  if (model.size() == 0) return box;
  for (int c = 0; c < 3; ++c) {
    std::vector<float> values = model.position[static_cast<std::size_t>(c)];
    const auto at = [&](double share) {
      const auto k = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
      std::nth_element(values.begin(), k, values.end());
      return static_cast<double>(*k);
    };
    const double low = at(kBulk), high = at(1 - kBulk);
    box.center[c] = 0.5 * (low + high);
    box.half[c] = std::max(0.5 * (high - low), 1e-6);
  }
  return box;
}

}  // namespace

struct CleanSession::Work {
  CleanSession& session;
  std::uint64_t generation = 0, number = 0;  // of the model, of the last call
  Model original, edited;
  std::shared_ptr<const scene::Dataset> dataset;
  scene::RowMeasures measures;
  scene::EditHistory history{0};
  Criteria criteria;
  std::optional<scene::RowMask> suggestion, painted;
  scene::Combine painting = scene::Combine::add;
  bool shown = false, stale = false;  // whether what is shown has to be made again
  TintedModel::Colors colors{};
  TintedModel tinted;
  std::vector<Model> given_up;  // freed here, and not in the window's thread, once nobody shows them

  bool purge();
  void begin(Model model, std::shared_ptr<const scene::Dataset> data, std::uint64_t count);
  scene::RowMask matching() const;
  scene::RowMask ranges() const;
  void edit(bool done);
  void remove(const scene::RowMask& rows, const char* name);
  void search(const scene::Cancellation& cancellation);
  void save(const std::filesystem::path& file);
  void refresh();
};

void CleanSession::Work::begin(Model model, std::shared_ptr<const scene::Dataset> data, std::uint64_t count) {
  generation = count;
  given_up.insert(given_up.end(), {std::move(original), std::move(edited)});
  original = edited = std::move(model);
  dataset = std::move(data);
  criteria = {};
  suggestion.reset(), painted.reset();
  tinted.clear();
  measures = {};
  history = scene::EditHistory(original ? original->size() : 0);
  if (!original) return;
  measures = scene::measure(*original, dataset.get());
  Facts facts;
  facts.spreads = {spread_of(measures.opacity, false, kBars), spread_of(measures.size, true, kBars),
                   spread_of(measures.seen_by, false, kBars)};
  facts.bulk = bulk_of(*original);
  session.post(generation, [&s = session, facts] { Q_EMIT s.measured(facts); });
}

scene::RowMask CleanSession::Work::ranges() const {
  scene::RowMask mask = history.alive();
  const auto narrow = [&mask](const std::vector<float>& values, const scene::Range& range) {
    if (!range.limits() || values.empty()) return;
    const scene::RowMask in = scene::rows_in(values, range);
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= in[i];
  };
  narrow(measures.opacity, criteria.opacity);
  narrow(measures.size, criteria.size);
  narrow(measures.seen_by, criteria.seen_by);
  return mask;
}

scene::RowMask CleanSession::Work::matching() const {
  scene::RowMask mask(original->size());
  if (!suggestion && !criteria.limits()) return mask;
  mask = suggestion ? history.alive() : ranges();
  if (!suggestion && !criteria.box) return mask;
  const scene::RowMask in = suggestion ? *suggestion : scene::rows_in(*original, *criteria.box);
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= in[i];
  return mask;
}

/// False: something is still shown.
bool CleanSession::Work::purge() {
  std::erase_if(given_up, [](const Model& model) { return model.use_count() <= 1; });
  return tinted.purge() && given_up.empty();
}

/// After the history has changed, where it has.
void CleanSession::Work::edit(bool done) {
  if (!done) return;
  const scene::IndexMap rows = history.rows();
  given_up.push_back(std::move(edited));
  if (rows.size() == original->size()) {
    edited = original;
  } else {
    // Gathered plane by plane: a copy of all that is then cut would hold both.
    auto model = std::make_shared<scene::GaussianModel>();
    model->kind = original->kind;
    model->resize(0, original->sh_degree());
    const auto from = original->planes();
    const auto to = model->planes();
    for (std::size_t p = 0; p < from.size(); ++p) {
      to[p]->resize(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) (*to[p])[i] = (*from[p])[rows.old_row[i]];
    }
    edited = std::move(model);
  }
  session.post(generation, [&s = session, model = edited] { Q_EMIT s.edited(model); });
}

void CleanSession::Work::remove(const scene::RowMask& rows, const char* name) {
  std::size_t left = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) left += history.alive()[i] & ~rows[i] & 1u;
  if (left == 0)
    throw scene::Error(name, "would leave no splat at all", "select less, or move the box to where splats are");
  edit(history.remove(rows, name));
}

void CleanSession::Work::search(const scene::Cancellation& cancellation) {
  scene::JobContext job;
  job.cancellation = &cancellation;
  Suggestion found;
  try {
    const auto floaters = reconstruct::find_floaters(*original, measures, history.alive(), job);
    found = {scene::count(floaters.isolated), scene::count(floaters.huge), scene::count(floaters.faint),
             scene::count(floaters.rarely_seen), 0};
    suggestion = floaters.any();
  } catch (const scene::Cancelled&) {
    return;  // the next call has taken its place
  }
  found.all = scene::count(*suggestion);
  session.post(generation, [&s = session, found] { Q_EMIT s.suggested(found); });
}

void CleanSession::Work::save(const std::filesystem::path& file) {
  if (dataset) {
    scene::GaussianModel model = *edited;
    scene::transform_model(model, dataset->scene_from_world.inverse());
    scene::write_splat_ply(model, file);
  } else {
    scene::write_splat_ply(*edited, file);
  }
  history.set_saved();
  const QString name = QString::fromStdString(file.string());
  session.post(generation, [&s = session, name] { Q_EMIT s.saved(name); });
}

void CleanSession::Work::refresh() {
  stale = false;
  Status status;
  Model picture;
  if (original) {
    scene::RowMask selected = history.selected(), matches(original->size());
    if (painted) scene::combine(selected, *painted, painting);
    if (shown) matches = matching();
    status = {edited->size(),
              scene::count(matches),
              scene::count(selected),
              QString::fromStdString(history.undo_name()),
              QString::fromStdString(history.redo_name()),
              history.is_changed()};
    const bool dim = shown && criteria.box && !suggestion, plain = dim && !criteria.has_range();
    if (dim || (shown && status.matching + status.selected > 0)) {
      const scene::RowMask inside = dim ? scene::rows_in(*original, *criteria.box) : scene::RowMask();
      std::vector<std::uint8_t> tint;
      tint.reserve(edited->size());
      for (std::size_t i = 0; i < matches.size(); ++i) {
        if (!history.alive()[i]) continue;
        const bool outside = dim && !inside[i], marked = matches[i] && !plain;
        tint.push_back(selected[i] ? kSelected : outside ? kOutside : marked ? kMatching : 0);
      }
      picture = tinted.make(edited, tint, colors);
    } else {
      tinted.clear();
    }
  }
  session.post(generation, [&s = session, status, picture, last = number] {
    s.answered_ = last;
    Q_EMIT s.updated(status, picture);
  });
}

CleanSession::CleanSession(QObject* parent) : QObject(parent), thread_([this] { work(); }) {}

CleanSession::~CleanSession() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    forget_jobs();
  }
  wake_.notify_one();
  thread_.join();
}

template <class Call>
void CleanSession::post(std::uint64_t generation, Call call) {
  QMetaObject::invokeMethod(
      this,
      [this, generation, call = std::move(call)] {
        if (generation == generation_) call();
      },
      Qt::QueuedConnection);
}

void CleanSession::forget_jobs() {
  std::erase_if(jobs_, [](const Job& job) { return !job.must; });
  if (search_) search_->request();
}

void CleanSession::change(std::function<void(Work&)> run) {
  add([run = std::move(run)](Work& work) {
    if (!work.original) return;
    run(work);
    work.suggestion.reset();  // was an answer to what has changed
  });
}

void CleanSession::add(std::function<void(Work&)> run, bool must) {
  {
    const std::lock_guard lock(mutex_);
    if (search_) search_->request();
    search_.reset();
    jobs_.push_back({std::move(run), must, ++asked_});
  }
  wake_.notify_one();
}

void CleanSession::work() {
  Work work{*this};
  std::unique_lock lock(mutex_);
  while (true) {
    const auto awaited = [&] { return stop_ || !jobs_.empty() || work.stale; };
    while (!awaited()) {
      lock.unlock();
      const bool rest = work.purge();
      lock.lock();
      if (rest)
        wake_.wait(lock, awaited);
      else
        wake_.wait_for(lock, kPurgeEvery, awaited);
    }
    if (jobs_.empty() && stop_) return;
    Job job;
    if (!jobs_.empty()) {
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    lock.unlock();
    try {
      if (job.run) {
        work.number = job.number, work.stale = true;
        job.run(work);
      } else {
        work.refresh();
      }
    } catch (const std::exception& e) {
      const QString message = QString::fromUtf8(e.what());
      post(work.generation, [this, message] { Q_EMIT failed(message); });
    }
    lock.lock();
  }
}

void CleanSession::set_model(Model model, std::shared_ptr<const scene::Dataset> dataset) {
  {
    const std::lock_guard lock(mutex_);
    forget_jobs();
  }
  add([model = std::move(model), dataset = std::move(dataset), generation = ++generation_](Work& work) {
    work.begin(model, dataset, generation);
  });
}

void CleanSession::set_shown(bool shown) {
  add([shown](Work& work) { work.shown = shown; }, true);
}

void CleanSession::set_colors(const TintedModel::Colors& colors) {
  add([colors](Work& work) { work.colors = colors; }, true);
}

void CleanSession::set_criteria(const Criteria& criteria) {
  change([criteria](Work& work) { work.criteria = criteria; });
}

void CleanSession::select(scene::Combine how) {
  change([how](Work& work) { work.history.select(work.matching(), how); });
}

void CleanSession::invert() {
  change([](Work& work) { work.history.invert_selection(); });
}

void CleanSession::select_none() {
  change([](Work& work) { work.history.select(scene::RowMask(work.original->size()), scene::Combine::replace); });
}

void CleanSession::paint(const scene::Stroke& stroke, scene::Combine how, bool finish) {
  change([=](Work& work) {
    {
      // Of a stroke that is still growing, only its last state is worth the work.
      const std::lock_guard lock(work.session.mutex_);
      if (!finish && !work.session.jobs_.empty()) return;
    }
    scene::RowMask mask = work.ranges();
    const scene::RowMask under = scene::rows_under(*work.original, stroke);
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] &= under[i];
    work.painted.reset();
    if (finish)
      work.history.select(mask, how);
    else
      work.painted = std::move(mask), work.painting = how;
  });
}

void CleanSession::remove_selected() {
  change([](Work& work) {
    if (scene::count(work.history.selected()) > 0) work.remove(scene::RowMask(work.history.selected()), "Delete");
  });
}

void CleanSession::crop(const scene::OrientedBox& box) {
  change([box](Work& work) {
    scene::RowMask outside = scene::rows_in(*work.original, box);
    for (std::uint8_t& row : outside) row ^= 1;
    work.remove(outside, "Crop");
  });
}

void CleanSession::undo() {
  change([](Work& work) { work.edit(work.history.undo()); });
}

void CleanSession::redo() {
  change([](Work& work) { work.edit(work.history.redo()); });
}

void CleanSession::suggest() {
  const auto cancellation = std::make_shared<scene::Cancellation>();
  add([cancellation](Work& work) {
    if (work.original) work.search(*cancellation);
  });
  const std::lock_guard lock(mutex_);
  search_ = cancellation;
}

void CleanSession::save(const std::filesystem::path& file) {
  add(
      [file](Work& work) {
        if (work.original) work.save(file);
      },
      true);
}

}  // namespace tessera::app
