#include "app/studio/photo_scores.h"

#include <QMainWindow>
#include <map>

#include <nlohmann/json.hpp>

#include "app/studio/core_share.h"
#include "app/studio/workspace.h"
#include "reconstruct/evaluate/gallery.h"
#include "reconstruct/run/inputs.h"
#include "scene/atomic_file.h"
#include "scene/error.h"
#include "scene/image_cache.h"

namespace tessera::app {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPhotoBytes = 64'000'000;  // decoded photos that are kept: the next one and this one
constexpr std::uint64_t kMostMetricsBytes = 256u << 20;

/// The scores of metrics.json by the photo's name. Entries that are not as evaluate() writes them are left out.
std::map<std::string, reconstruct::ViewScore> read_scores(const fs::path& file) {
  std::map<std::string, reconstruct::ViewScore> scores;
  const auto json = nlohmann::json::parse(scene::read_file(file, kMostMetricsBytes), nullptr, false);
  if (!json.is_object() || !json.contains("views") || !json["views"].is_array()) return scores;
  for (const auto& entry : json["views"]) {
    reconstruct::ViewScore s;
    s.name = reconstruct::text_of(entry, "name", "");
    s.test = reconstruct::text_of(entry, "split", "") == "test";
    const std::pair<const char*, double*> numbers[] = {{"psnr", &s.psnr},
                                                       {"psnr_corrected", &s.psnr_corrected},
                                                       {"ssim", &s.ssim},
                                                       {"ssim_standard", &s.ssim_standard},
                                                       {"ms_ssim", &s.ms_ssim}};
    bool complete = !s.name.empty();
    for (const auto& [key, value] : numbers) {
      complete = complete && entry.contains(key) && entry[key].is_number();
      if (complete) *value = entry[key].get<double>();
    }
    if (complete) scores[s.name] = s;
  }
  return scores;
}

}  // namespace

struct PhotoScores::Job {
  scene::Cancellation stop;
  std::shared_ptr<const scene::Dataset> dataset;
  std::shared_ptr<const scene::GaussianModel> model;
};

PhotoScores::PhotoScores(Studio& studio) : QObject(&studio.window), studio_(studio) {
  pool_.setMaxThreadCount(1);
  Workspace& workspace = studio.workspace;
  connect(&workspace, &Workspace::opened, this, [this] {
    reset();
    read_metrics(false);
  });
  connect(&workspace, &Workspace::state_changed, this,
          [this, before = Workspace::State::idle](Workspace::State state) mutable {
            if (state == Workspace::State::training && before != Workspace::State::paused) reset();
            before = state;
          });
  connect(&workspace, &Workspace::model_changed, this, [this] {
    // Opening and training say so themselves. What else changes the model makes its scores another model's.
    if (!studio_.workspace.busy()) reset();
  });
  connect(&workspace, &Workspace::finished, this, [this] {
    if (studio_.workspace.is_trained() && !studio_.workspace.run().empty()) read_metrics(true);
  });
}

PhotoScores::~PhotoScores() {
  if (job_) job_->stop.request();
  pool_.waitForDone();
}

void PhotoScores::reset() {
  cancel();
  const auto dataset = studio_.workspace.dataset();
  scores_.assign(dataset ? dataset->views.size() : 0, std::nullopt);
  source_.clear();
  Q_EMIT changed();
}

void PhotoScores::read_metrics(bool after_training) {
  const auto dataset = studio_.workspace.dataset();
  const fs::path file = studio_.workspace.run() / "metrics.json";
  if (!dataset || studio_.workspace.run().empty()) return;
  pool_.start([this, dataset, file, after_training] {
    std::error_code error;
    if (!fs::exists(file, error)) return;
    // A run that was stopped has the scores of an earlier end, if any, and they are not those of what is shown.
    if (after_training && reconstruct::run_state(file.parent_path()) != "finished") return;
    std::map<std::string, reconstruct::ViewScore> found;
    QString problem;
    try {
      found = read_scores(file);
    } catch (const scene::Error& e) {
      problem = QString::fromUtf8(e.what());
    }
    QMetaObject::invokeMethod(
        this,
        [this, dataset, file, after_training, found, problem] {
          if (dataset != studio_.workspace.dataset()) return;
          if (!problem.isEmpty()) return studio_.log(problem);
          scores_.assign(dataset->views.size(), std::nullopt);
          bool some = false;
          for (std::size_t i = 0; i < dataset->views.size(); ++i)
            if (const auto at = found.find(dataset->views[i].name); at != found.end())
              scores_[i] = at->second, some = true;
          if (some) source_ = QString::fromStdString(file.string());
          Q_EMIT changed();
          if (some && after_training) Q_EMIT trained();
        },
        Qt::QueuedConnection);
  });
}

QString PhotoScores::problem() const {
  if (!studio_.workspace.dataset()) return tr("There are no photos to score: open a dataset or a run.");
  if (!studio_.workspace.is_trained()) return tr("There is nothing to score: nothing has been trained yet.");
  return {};
}

void PhotoScores::score_all() {
  if (job_ || !problem().isEmpty()) return;
  const auto job = job_ = std::make_shared<Job>();
  job->dataset = studio_.workspace.dataset(), job->model = studio_.workspace.model();
  std::vector<std::size_t> views;
  for (const bool test : {true, false})  // held-out ones say more
    for (std::size_t i = 0; i < scores_.size(); ++i)
      if (!scores_[i] && job->dataset->views[i].test == test) views.push_back(i);
  const double share = studio_.workspace.state() == Workspace::State::training ? kShareBesideTraining : 1;
  Q_EMIT scoring_changed(true);
  Q_EMIT progressed(0, static_cast<int>(views.size()));
  pool_.start([this, job, views, share, run = studio_.workspace.run()] {
    const auto post = [this, &job](auto call) {
      QMetaObject::invokeMethod(
          this,
          [this, job, call] {
            if (job == job_) call();
          },
          Qt::QueuedConnection);
    };
    try {
      CoreShare cores;
      scene::ImageCache images(*job->dataset, kPhotoBytes);
      const auto rasterizer = render::make_cpu_rasterizer();
      reconstruct::Gallery gallery(*job->model, *job->dataset, images, *rasterizer,
                                   reconstruct::evaluation_of(run, *job->dataset));
      for (std::size_t n = 0; n < views.size(); ++n) {
        job->stop.throw_if_requested();
        const scene::View& view = job->dataset->views[views[n]];
        std::optional<reconstruct::ViewScore> score;
        QString problem;
        try {
          const render::Plane* picture = gallery.show(views[n]);
          if (gallery.truth().weight_sum > 0)
            score = reconstruct::score(view, picture, gallery.truth());
          else
            problem = tr("%1: every pixel is masked; not scored").arg(QString::fromStdString(view.name));
        } catch (const scene::Error& e) {
          problem = QString::fromUtf8(e.what());  // the others can still be scored
        }
        post([this, score, problem, view = views[n], done = static_cast<int>(n) + 1,
              total = static_cast<int>(views.size())] {
          if (score) {
            if (source_.isEmpty()) source_ = tr("scored here, from the model in the view");
            scores_[view] = score;
            Q_EMIT scored(static_cast<int>(view));
          } else {
            studio_.log(tr("Warning: %1").arg(problem));
          }
          Q_EMIT progressed(done, total);
        });
        cores.rest(share, job->stop);
      }
    } catch (const scene::Cancelled&) {
    } catch (const std::exception& e) {
      post([this, problem = QString::fromUtf8(e.what())] { studio_.fail(problem); });
    }
    post([this, job] { finish(job); });
  });
}

void PhotoScores::finish(const std::shared_ptr<Job>& job) {
  if (job != job_) return;
  job_.reset();
  Q_EMIT scoring_changed(false);
}

void PhotoScores::cancel() {
  if (!job_) return;
  job_->stop.request();
  finish(job_);
}

int PhotoScores::extreme(bool test, bool best) const {
  int found = -1;
  for (std::size_t i = 0; i < scores_.size(); ++i) {
    if (!scores_[i] || scores_[i]->test != test) continue;
    const double psnr = scores_[i]->psnr;
    if (found < 0 || (best ? psnr > of(found)->psnr : psnr < of(found)->psnr)) found = static_cast<int>(i);
  }
  return found;
}

reconstruct::Scores PhotoScores::all() const {
  reconstruct::Scores result;
  for (const auto& score : scores_)
    if (score) result.views.push_back(*score);
  return result;
}

}  // namespace tessera::app
