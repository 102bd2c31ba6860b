#include "app/studio/project_keeper.h"

#include <QEvent>
#include <QFileDialog>
#include <QMainWindow>
#include <QMessageBox>
#include <QPushButton>
#include <cmath>

#include <nlohmann/json.hpp>

#include "app/studio/viewport.h"
#include "reconstruct/project/project.h"
#include "reconstruct/run/inputs.h"
#include "scene/error.h"

namespace tessera::app {
using nlohmann::json;

namespace {

constexpr int kEvery = 1000;       // ms between looks at what has changed
constexpr int kPixels = 1000;      // height of the camera that stands for a field of view
constexpr double kFarthest = 1e9;  // in units of the scene: a position beyond is none

json json_of(const ViewCamera& view) {
  const scene::Camera camera = view.camera(kPixels, kPixels);
  const glm::dvec3 p = camera.center();
  const glm::dquat q = camera.cam_from_world.rotation;
  return {{"position", {p.x, p.y, p.z}},
          {"cam_from_scene", {q.w, q.x, q.y, q.z}},
          {"distance", view.distance()},
          {"field_of_view", 2 * std::atan(0.5 * kPixels / camera.intrinsics.fy)}};
}

/// Numbers of an array or one alone; empty where there are not `count`, or they are no places.
std::vector<double> numbers(const json& object, const char* key, std::size_t count) {
  if (!object.is_object() || !object.contains(key)) return {};
  const json list = object[key].is_array() ? object[key] : json::array({object[key]});
  std::vector<double> values;
  for (const json& value : list)
    if (value.is_number() && std::abs(value.get<double>()) < kFarthest) values.push_back(value.get<double>());
  return values.size() == count && list.size() == count ? values : std::vector<double>();
}

void look_again(ViewCamera& view, const json& saved) {
  const auto position = numbers(saved, "position", 3), turn = numbers(saved, "cam_from_scene", 4);
  const auto distance = numbers(saved, "distance", 1), angle = numbers(saved, "field_of_view", 1);
  if (position.empty() || turn.empty() || distance.empty() || angle.empty()) return;
  const glm::dquat rotation(turn[0], turn[1], turn[2], turn[3]);
  if (glm::length(rotation) < 1e-3 || !(distance[0] > 0) || !(angle[0] > 0.01) || !(angle[0] < 3.1)) return;
  scene::Camera camera;
  camera.cam_from_world.rotation = glm::normalize(rotation);
  camera.cam_from_world.translation =
      -(camera.cam_from_world.rotation * glm::dvec3(position[0], position[1], position[2]));
  camera.intrinsics.width = camera.intrinsics.height = kPixels;
  camera.intrinsics.fx = camera.intrinsics.fy = 0.5 * kPixels / std::tan(0.5 * angle[0]);
  view.look_from(camera, distance[0]);
  view.jump();
}

}  // namespace

ProjectKeeper::ProjectKeeper(Studio& studio) : QObject(&studio.window), studio_(studio) {
  setObjectName("project_keeper");
  keep(
      "camera", [this] { return json_of(studio_.viewport.view()); },
      [this](const json& saved) { look_again(studio_.viewport.view(), saved), studio_.viewport.move(); });
  Workspace& workspace = studio.workspace;
  connect(&workspace, &Workspace::opened, this, [this] { restored_ = false; });
  // After everybody else has taken what was opened.
  connect(&workspace, &Workspace::opened, this, &ProjectKeeper::restore, Qt::QueuedConnection);
  connect(&workspace, &Workspace::project_changed, this, [this] { restored_ = true; });
  connect(&workspace, &Workspace::asked, this, &ProjectKeeper::ask);
  connect(&workspace, &Workspace::state_changed, this, [this](Workspace::State state) {
    if (state == Workspace::State::loading) save();  // what is open still
  });
  connect(&timer_, &QTimer::timeout, this, &ProjectKeeper::save);
  timer_.start(kEvery);
  studio.window.installEventFilter(this);
}

bool ProjectKeeper::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::Close) save();
  return QObject::eventFilter(object, event);
}

void ProjectKeeper::keep(const char* name, std::function<json()> save, std::function<void(const json&)> restore) {
  kept_.push_back({name, std::move(save), std::move(restore)});
}

void ProjectKeeper::save() {
  const auto& project = studio_.workspace.project();
  if (!project || project->read_only() || !restored_) return;
  json all = project->studio();
  for (const Kept& kept : kept_) all[kept.name] = kept.save();
  project->set_studio(all);
}

void ProjectKeeper::restore() {
  restored_ = true;
  const auto& project = studio_.workspace.project();
  if (!project) return;
  const json all = project->studio();
  for (const Kept& kept : kept_)
    if (all.contains(kept.name)) kept.restore(all[kept.name]);
  say_what_can_go_on();
}

void ProjectKeeper::say_what_can_go_on() {
  const auto& project = studio_.workspace.project();
  const auto& run = studio_.workspace.run();
  if (project->read_only())
    return studio_.say(tr("%1 is open to look at only").arg(QString::fromStdString(project->name())));
  if (run.empty()) return;
  std::string state;
  try {
    state = reconstruct::run_state(run);
  } catch (const scene::Error&) {
    return;  // its record cannot be read: there is nothing to offer
  }
  if (state != "training" && state != "interrupted") return;
  Q_EMIT studio_.workspace.noted(tr("Run %1 was interrupted: Resume training goes on where it stopped.")
                                     .arg(QString::fromStdString(run.filename().string())));
}

void ProjectKeeper::ask(Workspace::Question question, const QString& why) {
  studio_.log(why);
  auto* box = new QMessageBox(QMessageBox::Question, "Tessera Studio", why, QMessageBox::Cancel, &studio_.window);
  box->setObjectName("question");
  box->setAttribute(Qt::WA_DeleteOnClose);
  using Question = Workspace::Question;
  const QString title =
      question == Question::photos ? tr("Where are the photos now?") : tr("Where shall the project be kept?");
  const QString text = question == Question::photos  ? tr("Find the Photos...")
                       : question == Question::place ? tr("Choose a Folder...")
                                                     : tr("Look at It Only");
  auto* yes = box->addButton(text, QMessageBox::AcceptRole);
  yes->setObjectName("answer");
  box->setDefaultButton(yes);
  connect(yes, &QPushButton::clicked, this, [this, question, title] {
    // Once the box has gone.
    QTimer::singleShot(0, this, [this, question, title] {
      if (question == Question::read_only)
        studio_.workspace.answer({});
      else
        ask_folder(title);
    });
  });
  box->open();  // does not stop the program
}

void ProjectKeeper::ask_folder(const QString& title) {
  auto* dialog = new QFileDialog(&studio_.window, title);
  dialog->setObjectName("question_folder");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this](const QString& folder) { studio_.workspace.answer(folder.toStdString()); });
  dialog->open();
}

}  // namespace tessera::app
