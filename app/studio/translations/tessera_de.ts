<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>tessera::app::Actions</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation>&amp;Training</translation>
    </message>
    <message>
        <source>T&amp;ools</source>
        <translation>&amp;Werkzeuge</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
</context>
<context>
    <name>tessera::app::CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation>Befehl eingeben</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Commands that match</source>
        <translation>Passende Befehle</translation>
    </message>
</context>
<context>
    <name>tessera::app::LogPanel</name>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
</context>
<context>
    <name>tessera::app::MainWindow</name>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>&amp;Open Photos or Dataset...</source>
        <translation>Fotos oder Datensatz ö&amp;ffnen...</translation>
    </message>
    <message>
        <source>Open &amp;Model...</source>
        <translation>&amp;Modell öffnen...</translation>
    </message>
    <message>
        <source>Open &amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Save &amp;Screenshot...</source>
        <translation>Bild&amp;schirmfoto speichern...</translation>
    </message>
    <message>
        <source>&amp;Home</source>
        <translation>&amp;Ausgangsblick</translation>
    </message>
    <message>
        <source>&amp;Level the Horizon</source>
        <translation>&amp;Horizont ausrichten</translation>
    </message>
    <message>
        <source>From the &amp;Top</source>
        <translation>Von &amp;oben</translation>
    </message>
    <message>
        <source>From the &amp;Front</source>
        <translation>Von &amp;vorn</translation>
    </message>
    <message>
        <source>From the &amp;Side</source>
        <translation>Von der &amp;Seite</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Full &amp;Screen</source>
        <translation>Voll&amp;bild</translation>
    </message>
    <message>
        <source>&amp;Dark Theme</source>
        <translation>&amp;Dunkles Design</translation>
    </message>
    <message>
        <source>Find a &amp;Command...</source>
        <translation>&amp;Befehl suchen...</translation>
    </message>
    <message>
        <source>&amp;Keyboard and Mouse</source>
        <translation>&amp;Tastatur und Maus</translation>
    </message>
    <message>
        <source>Keyboard and mouse</source>
        <translation>Tastatur und Maus</translation>
    </message>
    <message>
        <source>Left drag: orbit
Right drag, or Shift and left drag: pan
Middle drag: look around
Wheel: zoom to the cursor; while flying: speed
W A S D Q E: fly
Double click: turn to what is under the cursor
Click on a camera: stand there
Page up, page down: previous and next photo
X, Z: compare with the photo, split or in turns
H: home, L: level the horizon, C: show the cameras
Ctrl+K: find a command</source>
        <translation>Links ziehen: kreisen
Rechts ziehen, oder Umschalt und links: verschieben
Mitte ziehen: umsehen
Rad: zum Zeiger zoomen; im Flug: Tempo
W A S D Q E: fliegen
Doppelklick: dem zuwenden, was unter dem Zeiger ist
Klick auf eine Kamera: dort stehen
Bild auf, Bild ab: voriges und nächstes Foto
X, Z: mit dem Foto vergleichen, geteilt oder abwechselnd
H: Ausgangsblick, L: Horizont ausrichten, C: Kameras zeigen
Strg+K: einen Befehl suchen</translation>
    </message>
    <message>
        <source>&amp;About</source>
        <translation>&amp;Über Tessera</translation>
    </message>
    <message>
        <source>Tessera %1
Apache License 2.0</source>
        <translation>Tessera %1
Apache-Lizenz 2.0</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>%1 splats</source>
        <translation>%1 Splats</translation>
    </message>
    <message>
        <source>Step %1, %2 ms a step</source>
        <translation>Schritt %1, %2 ms je Schritt</translation>
    </message>
    <message>
        <source>%1: %2 %</source>
        <translation>%1: %2 %</translation>
    </message>
    <message>
        <source>Warning: %1</source>
        <translation>Warnung: %1</translation>
    </message>
    <message>
        <source>%1 ms a picture</source>
        <translation>%1 ms je Bild</translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>Öffne %1</translation>
    </message>
    <message>
        <source>%1 photos</source>
        <translation>%1 Fotos</translation>
    </message>
    <message>
        <source>Photos, a dataset or a run</source>
        <translation>Fotos, ein Datensatz oder ein Trainingslauf</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>3DGS model (*.ply);;Video (*.mp4 *.mov)</source>
        <translation>3DGS-Modell (*.ply);;Video (*.mp4 *.mov)</translation>
    </message>
    <message>
        <source>Save screenshot</source>
        <translation>Bildschirmfoto speichern</translation>
    </message>
    <message>
        <source>Picture (*.png *.jpg)</source>
        <translation>Bild (*.png *.jpg)</translation>
    </message>
    <message>
        <source>%1: cannot be written</source>
        <translation>%1: kann nicht geschrieben werden</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>Fehler: %1</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>Noch nichts</translation>
    </message>
    <message>
        <source>Training is under way</source>
        <translation>Ein Training läuft</translation>
    </message>
    <message>
        <source>Save a checkpoint and quit? The run can be resumed at the next start.</source>
        <translation>Zwischenstand speichern und beenden? Der Lauf kann beim nächsten Start fortgesetzt werden.</translation>
    </message>
    <message>
        <source>Lan&amp;guage</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>The language changes at the next start.</source>
        <translation>Die Sprache wechselt beim nächsten Start.</translation>
    </message>
    <message>
        <source>As the System</source>
        <translation>Wie das System</translation>
    </message>
</context>
<context>
    <name>tessera::app::MetricsPanel</name>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>test PSNR</source>
        <translation>Test-PSNR</translation>
    </message>
    <message>
        <source>splats</source>
        <translation>Splats</translation>
    </message>
    <message>
        <source>&amp;Logarithmic Curves</source>
        <translation>&amp;Logarithmische Kurven</translation>
    </message>
    <message>
        <source>Export Curves as &amp;CSV...</source>
        <translation>Kurven als &amp;CSV exportieren...</translation>
    </message>
    <message>
        <source>Export curves</source>
        <translation>Kurven exportieren</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
</context>
<context>
    <name>tessera::app::PhotoList</name>
    <message>
        <source>%1
%2 x %3, %4</source>
        <translation>%1
%2 x %3, %4</translation>
    </message>
    <message>
        <source>held out for testing</source>
        <translation>zum Prüfen zurückgehalten</translation>
    </message>
    <message>
        <source>trained on</source>
        <translation>im Training</translation>
    </message>
</context>
<context>
    <name>tessera::app::PhotosPanel</name>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>&amp;Next Photo</source>
        <translation>&amp;Nächstes Foto</translation>
    </message>
    <message>
        <source>&amp;Previous Photo</source>
        <translation>&amp;Voriges Foto</translation>
    </message>
    <message>
        <source>Compare with the Photo, &amp;Split</source>
        <translation>Mit dem Foto vergleichen, &amp;geteilt</translation>
    </message>
    <message>
        <source>Compare with the Photo, &amp;in Turns</source>
        <translation>Mit dem Foto vergleichen, a&amp;bwechselnd</translation>
    </message>
    <message>
        <source>Show &amp;Cameras</source>
        <translation>&amp;Kameras zeigen</translation>
    </message>
</context>
<context>
    <name>tessera::app::Plot</name>
    <message>
        <source>Curves of the training run</source>
        <translation>Kurven des Trainingslaufs</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
</context>
<context>
    <name>tessera::app::TrainPanel</name>
    <message>
        <source>Start training</source>
        <translation>Training starten</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Draft: minutes, for a first look</source>
        <translation>Entwurf: Minuten, für einen ersten Blick</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>High: slower, finer</source>
        <translation>Hoch: langsamer, feiner</translation>
    </message>
    <message>
        <source>The folder that the run makes: model, scores, checkpoints</source>
        <translation>Der Ordner, den der Lauf anlegt: Modell, Bewertung, Zwischenstände</translation>
    </message>
    <message>
        <source>All options</source>
        <translation>Alle Optionen</translation>
    </message>
    <message>
        <source>Option</source>
        <translation>Option</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>&amp;Preset</source>
        <translation>&amp;Voreinstellung</translation>
    </message>
    <message>
        <source>S&amp;teps</source>
        <translation>Sch&amp;ritte</translation>
    </message>
    <message>
        <source>&amp;Most splats</source>
        <translation>&amp;Höchstens Splats</translation>
    </message>
    <message>
        <source>&amp;Run folder</source>
        <translation>&amp;Ordner des Laufs</translation>
    </message>
    <message>
        <source>Show &amp;all options</source>
        <translation>&amp;Alle Optionen zeigen</translation>
    </message>
    <message>
        <source>&amp;Start or Resume Training</source>
        <translation>Training &amp;starten oder fortsetzen</translation>
    </message>
    <message>
        <source>&amp;Pause or Continue</source>
        <translation>&amp;Pause oder weiter</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>S&amp;topp</translation>
    </message>
    <message>
        <source>The run has had its %1 steps: give more to train it further, or another run folder.</source>
        <translation>Der Lauf hatte seine %1 Schritte: mehr Schritte angeben, um weiter zu trainieren, oder einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Train further</source>
        <translation>Weiter trainieren</translation>
    </message>
    <message>
        <source>Resume training</source>
        <translation>Training fortsetzen</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
</context>
<context>
    <name>tessera::app::ViewBar</name>
    <message>
        <source>Splats</source>
        <translation>Splats</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>Shells</source>
        <translation>Hüllen</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Normals</source>
        <translation>Normalen</translation>
    </message>
    <message>
        <source>Overdraw</source>
        <translation>Überdeckung</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>What is drawn</source>
        <translation>Was gezeichnet wird</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>Zeichnen</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>Belichtung</translation>
    </message>
    <message>
        <source>Splat size</source>
        <translation>Splatgröße</translation>
    </message>
</context>
<context>
    <name>tessera::app::Viewport</name>
    <message>
        <source>3D view</source>
        <translation>3D-Ansicht</translation>
    </message>
    <message>
        <source>%1 m</source>
        <translation>%1 m</translation>
    </message>
    <message>
        <source>%1 units</source>
        <translation>%1 Einheiten</translation>
    </message>
</context>
<context>
    <name>tessera::app::WelcomePage</name>
    <message>
        <source>Photographs in, a scene that you can fly through out.</source>
        <translation>Aus Fotos wird eine Szene, durch die man fliegen kann.</translation>
    </message>
    <message>
        <source>Open photos or a dataset...</source>
        <translation>Fotos oder einen Datensatz öffnen...</translation>
    </message>
    <message>
        <source>Open a model...</source>
        <translation>Ein Modell öffnen...</translation>
    </message>
    <message>
        <source>Go on with %1</source>
        <translation>Weiter mit %1</translation>
    </message>
    <message>
        <source>A folder of photos, a video, a COLMAP or transforms.json dataset, a training run, or a 3DGS .ply.
Dropping it on this window does the same. Ctrl+K finds every command.</source>
        <translation>Ein Ordner mit Fotos, ein Video, ein COLMAP- oder transforms.json-Datensatz, ein Trainingslauf oder eine 3DGS-.ply.
Es auf dieses Fenster zu ziehen tut dasselbe. Strg+K findet jeden Befehl.</translation>
    </message>
</context>
<context>
    <name>tessera::app::Workspace</name>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Stop the job under way before opening something else.</source>
        <translation>Erst die laufende Arbeit anhalten, dann etwas anderes öffnen.</translation>
    </message>
    <message>
        <source>Stopped at step %1; the run can be resumed</source>
        <translation>Bei Schritt %1 angehalten; der Lauf kann fortgesetzt werden</translation>
    </message>
    <message>
        <source>Finished after %1 steps</source>
        <translation>Nach %1 Schritten fertig</translation>
    </message>
    <message>
        <source>: %1 dB on held-out photos</source>
        <translation>: %1 dB auf den zurückgehaltenen Fotos</translation>
    </message>
</context>
</TS>
