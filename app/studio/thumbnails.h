#pragma once

#include <QCache>
#include <QObject>
#include <QPixmap>
#include <QSet>
#include <QThreadPool>

namespace tessera::app {

/// Small pictures of photo files, decoded on a thread of their own when they are first asked for, what was asked for
/// last first; the oldest go when there are many.
class Thumbnails : public QObject {
  Q_OBJECT
 public:
  /// `longest`: pixels of the longer side.
  explicit Thumbnails(int longest, QObject* parent = nullptr);
  ~Thumbnails() override;

  /// Null until loaded(file), and for what cannot be decoded.
  QPixmap pixmap(const QString& file) const;
  /// Forgets everything, also what is being decoded.
  void clear();

 Q_SIGNALS:
  void loaded(QString file);

 private:
  void load(const QString& file) const;
  int longest_, generation_ = 0;  // what another generation has asked for is dropped
  mutable int asked_ = 0;
  mutable QCache<QString, QPixmap> pixmaps_;
  mutable QSet<QString> loading_;
  mutable QThreadPool pool_;
};

}  // namespace tessera::app
