<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>LogPanel</name>
    <message>
        <source>Warning: </source>
        <translation>Warnung: </translation>
    </message>
    <message>
        <source>Error: </source>
        <translation>Fehler: </translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Open something first</source>
        <translation>Zuerst etwas öffnen</translation>
    </message>
    <message>
        <source>&amp;Export...</source>
        <translation>&amp;Exportieren...</translation>
    </message>
    <message>
        <source>Save &amp;Screenshot...</source>
        <translation>Bild&amp;schirmfoto speichern...</translation>
    </message>
    <message>
        <source>Copy &amp;Picture</source>
        <translation>Bild &amp;kopieren</translation>
    </message>
    <message>
        <source>Levels of detail are to be looked at: open the model that they were made from to export it</source>
        <translation>Detailstufen sind nur zum Ansehen: zum Exportieren das Modell öffnen, aus dem sie gemacht sind</translation>
    </message>
</context>
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
    <name>tessera::app::BackgroundTask</name>
    <message>
        <source>%1: there is not enough memory; choose a smaller size</source>
        <translation>%1: der Speicher reicht nicht; wählen Sie eine kleinere Größe</translation>
    </message>
</context>
<context>
    <name>tessera::app::CleanPanel</name>
    <message>
        <source>Clean</source>
        <translation>Säubern</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Delete Selected Splats</source>
        <translation>Ausgewählte Splats &amp;löschen</translation>
    </message>
    <message>
        <source>&amp;Keep Only the Box</source>
        <translation>Nur den &amp;Quader behalten</translation>
    </message>
    <message>
        <source>&amp;Invert the Selection</source>
        <translation>Auswahl um&amp;kehren</translation>
    </message>
    <message>
        <source>Select &amp;Nothing</source>
        <translation>&amp;Nichts auswählen</translation>
    </message>
    <message>
        <source>Suggest &amp;Floaters</source>
        <translation>&amp;Schwebende vorschlagen</translation>
    </message>
    <message>
        <source>&amp;Larger Brush</source>
        <translation>&amp;Größerer Pinsel</translation>
    </message>
    <message>
        <source>&amp;Smaller Brush</source>
        <translation>&amp;Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>&amp;Clean the Scene</source>
        <translation>Die Szene &amp;säubern</translation>
    </message>
    <message>
        <source>Save &amp;Cleaned Model...</source>
        <translation>Ge&amp;säubertes Modell speichern...</translation>
    </message>
    <message>
        <source>alone</source>
        <translation>allein</translation>
    </message>
    <message>
        <source>huge</source>
        <translation>riesig</translation>
    </message>
    <message>
        <source>nearly transparent</source>
        <translation>fast durchsichtig</translation>
    </message>
    <message>
        <source>seen by fewer than two photos</source>
        <translation>von weniger als zwei Fotos gesehen</translation>
    </message>
    <message>
        <source>No floaters found.</source>
        <translation>Keine schwebenden Splats gefunden.</translation>
    </message>
    <message>
        <source>%1 may be floaters: %2.</source>
        <translation>%1 könnten schweben: %2.</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>Saved the cleaned model, %1 splats: %2</source>
        <translation>Gesäubertes Modell gespeichert, %1 Splats: %2</translation>
    </message>
    <message>
        <source>Training is under way, and goes on with a model of its own: what you clean now, its next steps would bring back. Stop it, or wait until it has finished.</source>
        <translation>Ein Training läuft und arbeitet mit einem eigenen Modell: was jetzt gesäubert wird, brächten seine nächsten Schritte zurück. Halten Sie es an, oder warten Sie, bis es fertig ist.</translation>
    </message>
    <message>
        <source>Something is being opened.</source>
        <translation>Es wird gerade etwas geöffnet.</translation>
    </message>
    <message>
        <source>Open a model to clean it.</source>
        <translation>Zum Säubern ein Modell öffnen.</translation>
    </message>
    <message>
        <source>These are the sparse points of the photos. What has been trained can be cleaned.</source>
        <translation>Dies sind die dünn gesäten Punkte der Fotos. Säubern lässt sich, was trainiert wurde.</translation>
    </message>
    <message>
        <source>Measuring %1 splats...</source>
        <translation>%1 Splats werden vermessen...</translation>
    </message>
    <message>
        <source>%1 %2 in the box</source>
        <translation>%1 %2 im Quader</translation>
    </message>
    <message>
        <source>%1 %2 match</source>
        <translation>%1 %2 passen</translation>
    </message>
    <message>
        <source>%1 %2 selected of %3</source>
        <translation>%1 %2 ausgewählt von %3</translation>
    </message>
    <message>
        <source>&amp;Undo %1</source>
        <translation>&amp;Rückgängig: %1</translation>
    </message>
    <message>
        <source>&amp;Redo %1</source>
        <translation>&amp;Wiederholen: %1</translation>
    </message>
    <message>
        <source>Looking for floaters...</source>
        <translation>Suche nach schwebenden Splats...</translation>
    </message>
    <message>
        <source>Save the cleaned model</source>
        <translation>Das gesäuberte Modell speichern</translation>
    </message>
    <message>
        <source>3DGS model (*.ply)</source>
        <translation>3DGS-Modell (*.ply)</translation>
    </message>
    <message>
        <source>%1: is what the run trained, and its scores speak of it; choose another name</source>
        <translation>%1: ist das, was der Lauf trainiert hat und was seine Bewertung meint; wählen Sie einen anderen Namen</translation>
    </message>
    <message>
        <source>Save the cleaned model?</source>
        <translation>Das gesäuberte Modell speichern?</translation>
    </message>
    <message>
        <source>Splats have been deleted since it was opened or saved. %1</source>
        <translation>Seit dem Öffnen oder Speichern wurden Splats gelöscht. %1</translation>
    </message>
    <message>
        <source>No tool</source>
        <translation>Kein Werkzeug</translation>
    </message>
    <message>
        <source>Box</source>
        <translation>Quader</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Limit a range below, or take a tool. The mouse moves the camera.</source>
        <translation>Unten einen Bereich begrenzen oder ein Werkzeug nehmen. Die Maus bewegt die Kamera.</translation>
    </message>
    <message>
        <source>Middle</source>
        <translation>Mitte</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Middle of the box, %1</source>
        <translation>Mitte des Quaders, %1</translation>
    </message>
    <message>
        <source>Size of the box, %1</source>
        <translation>Größe des Quaders, %1</translation>
    </message>
    <message>
        <source>Turn of the box about the vertical, degrees</source>
        <translation>Drehung des Quaders um die Senkrechte, Grad</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>Drehung</translation>
    </message>
    <message>
        <source>Fit to the scene</source>
        <translation>An die Szene anpassen</translation>
    </message>
    <message>
        <source>Around nine tenths of the splats along each axis</source>
        <translation>Um neun Zehntel der Splats entlang jeder Achse</translation>
    </message>
    <message>
        <source>Radius of the brush</source>
        <translation>Radius des Pinsels</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>&amp;Radius</source>
        <translation>&amp;Radius</translation>
    </message>
    <message>
        <source>Drag over the view to select, with Ctrl to take away. It takes every depth, and only what is in the ranges below.</source>
        <translation>Über die Ansicht ziehen wählt aus, mit Strg ab. Es trifft jede Tiefe, und nur, was in den Bereichen unten liegt.</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Splat size</source>
        <translation>Splatgröße</translation>
    </message>
    <message>
        <source>Seen by photos</source>
        <translation>Von Fotos gesehen</translation>
    </message>
    <message>
        <source>The largest standard deviation, in the units of the scale bar</source>
        <translation>Die größte Standardabweichung, in den Einheiten des Maßstabs</translation>
    </message>
    <message>
        <source>In how many photos the splat's centre is inside the picture</source>
        <translation>In wie vielen Fotos die Mitte des Splats im Bild liegt</translation>
    </message>
    <message>
        <source>Add to the selection</source>
        <translation>Zur Auswahl hinzufügen</translation>
    </message>
    <message>
        <source>Nothing is deleted yet</source>
        <translation>Noch wird nichts gelöscht</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>Auswählen</translation>
    </message>
    <message>
        <source>Select what matches, and nothing else</source>
        <translation>Auswählen, was passt, und sonst nichts</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzu</translation>
    </message>
    <message>
        <source>Add what matches to the selection</source>
        <translation>Was passt, zur Auswahl hinzufügen</translation>
    </message>
    <message>
        <source>Subtract</source>
        <translation>Abziehen</translation>
    </message>
    <message>
        <source>Take what matches out of the selection</source>
        <translation>Was passt, aus der Auswahl nehmen</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Select nothing</source>
        <translation>Nichts auswählen</translation>
    </message>
    <message>
        <source>Delete selected</source>
        <translation>Auswahl löschen</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Keep only the box</source>
        <translation>Nur den Quader behalten</translation>
    </message>
    <message>
        <source>Delete everything outside the box</source>
        <translation>Alles außerhalb des Quaders löschen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Save...</source>
        <translation>Speichern...</translation>
    </message>
    <message>
        <source>Save the cleaned model as a 3DGS PLY file</source>
        <translation>Das gesäuberte Modell als 3DGS-PLY-Datei speichern</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>Umkehren</translation>
    </message>
    <message>
        <source>Select what is not selected</source>
        <translation>Auswählen, was nicht ausgewählt ist</translation>
    </message>
    <message>
        <source>Suggest floaters</source>
        <translation>Schwebende vorschlagen</translation>
    </message>
    <message>
        <source>Splats that are alone, huge or nearly transparent among their like, or that fewer than two photos see</source>
        <translation>Splats, die allein, riesig oder fast durchsichtig sind oder die weniger als zwei Fotos sehen</translation>
    </message>
    <message>
        <source>Levels of detail are to be looked at. Open the model that they were made from to clean it.</source>
        <translation>Detailstufen sind nur zum Ansehen. Zum Säubern das Modell öffnen, aus dem sie gemacht sind.</translation>
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
    <name>tessera::app::ErrorCard</name>
    <message>
        <source>Colours of the error from 0 to %1</source>
        <translation>Farben des Fehlers von 0 bis %1</translation>
    </message>
    <message>
        <source>%1 and more</source>
        <translation>%1 und mehr</translation>
    </message>
    <message>
        <source>Colours corrected</source>
        <translation>Farben korrigiert</translation>
    </message>
    <message>
        <source>Error map</source>
        <translation>Fehlerkarte</translation>
    </message>
    <message>
        <source>What is compared</source>
        <translation>Was verglichen wird</translation>
    </message>
    <message>
        <source>Absolute difference</source>
        <translation>Absoluter Unterschied</translation>
    </message>
    <message>
        <source>Structure (SSIM)</source>
        <translation>Struktur (SSIM)</translation>
    </message>
    <message>
        <source>Absolute difference: mean over red, green and blue, as a share of their range.
Structure: half of 1 - SSIM in a window of 11 x 11 pixels; 0 alike, 0.5 nothing in common.</source>
        <translation>Absoluter Unterschied: Mittel über Rot, Grün und Blau, als Anteil ihres Umfangs.
Struktur: die Hälfte von 1 - SSIM in einem Fenster von 11 x 11 Pixeln; 0 gleich, 0,5 nichts gemeinsam.</translation>
    </message>
    <message>
        <source>Shows what is left after the affine map of colours that fits the render best to the photo,
as the corrected scores do: differences of exposure and white balance go</source>
        <translation>Zeigt, was nach der affinen Farbabbildung bleibt, die das Bild am besten an das Foto anpasst,
wie die korrigierten Werte: Unterschiede in Belichtung und Weißabgleich fallen weg</translation>
    </message>
    <message>
        <source>Comparing...</source>
        <translation>Wird verglichen...</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>zurückgehalten</translation>
    </message>
    <message>
        <source>trained on</source>
        <translation>im Training</translation>
    </message>
    <message>
        <source>Every pixel of the photo is masked</source>
        <translation>Jedes Pixel des Fotos ist maskiert</translation>
    </message>
    <message>
        <source>&lt;b&gt;%1 dB&lt;/b&gt; PSNR, &lt;b&gt;%2&lt;/b&gt; SSIM&lt;br&gt;with colours corrected %3 dB</source>
        <translation>&lt;b&gt;%1 dB&lt;/b&gt; PSNR, &lt;b&gt;%2&lt;/b&gt; SSIM&lt;br&gt;mit korrigierten Farben %3 dB</translation>
    </message>
</context>
<context>
    <name>tessera::app::ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Coordinates</source>
        <translation>Koordinaten</translation>
    </message>
    <message>
        <source>Those of the photos' poses</source>
        <translation>Die der Fotos</translation>
    </message>
    <message>
        <source>Those of the view: up is z, a typical depth is 1</source>
        <translation>Die der Ansicht: z zeigt nach oben, eine übliche Tiefe ist 1</translation>
    </message>
    <message>
        <source>Colour by direction</source>
        <translation>Farbe nach Richtung</translation>
    </message>
    <message>
        <source>0: the same from everywhere</source>
        <translation>0: von überall gleich</translation>
    </message>
    <message>
        <source>Least opacity</source>
        <translation>Kleinste Deckkraft</translation>
    </message>
    <message>
        <source>keep all splats</source>
        <translation>alle Splats behalten</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>3DGS PLY, which every viewer of splats reads</source>
        <translation>3DGS-PLY, die jeder Splat-Betrachter liest</translation>
    </message>
    <message>
        <source>&amp;Coordinates</source>
        <translation>&amp;Koordinaten</translation>
    </message>
    <message>
        <source>&amp;SH degree</source>
        <translation>&amp;SH-Grad</translation>
    </message>
    <message>
        <source>Least &amp;opacity</source>
        <translation>Kleinste &amp;Deckkraft</translation>
    </message>
    <message>
        <source>3DGS model (*.ply)</source>
        <translation>3DGS-Modell (*.ply)</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportieren</translation>
    </message>
    <message>
        <source>%1 of %2 splats, %3.</source>
        <translation>%1 von %2 Splats, %3.</translation>
    </message>
    <message>
        <source>End the name in .ply.</source>
        <translation>Der Name soll auf .ply enden.</translation>
    </message>
    <message>
        <source>No splat is that opaque.</source>
        <translation>Kein Splat ist so deckend.</translation>
    </message>
    <message>
        <source>Writing %1</source>
        <translation>%1 wird geschrieben</translation>
    </message>
    <message>
        <source>Saved %1, %2 splats, %3</source>
        <translation>%1 gespeichert, %2 Splats, %3</translation>
    </message>
</context>
<context>
    <name>tessera::app::ImportDialog</name>
    <message>
        <source>Cannot be used</source>
        <translation>Nicht brauchbar</translation>
    </message>
    <message>
        <source>Same picture</source>
        <translation>Dasselbe Bild</translation>
    </message>
    <message>
        <source>Blurred</source>
        <translation>Unscharf</translation>
    </message>
    <message>
        <source>Nearly the same</source>
        <translation>Fast dasselbe</translation>
    </message>
    <message>
        <source>Exposure jump</source>
        <translation>Belichtungssprung</translation>
    </message>
    <message>
        <source>No GPS</source>
        <translation>Ohne GPS</translation>
    </message>
    <message>
        <source>Other camera or size</source>
        <translation>Andere Kamera oder Größe</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>Find the &amp;cameras</source>
        <translation>&amp;Kameras bestimmen</translation>
    </message>
    <message>
        <source>Progress of reading the photos</source>
        <translation>Fortschritt beim Lesen der Fotos</translation>
    </message>
    <message>
        <source>Looking at the photos...</source>
        <translation>Fotos werden durchgesehen...</translation>
    </message>
    <message>
        <source>Photos to be listed</source>
        <translation>Welche Fotos gezeigt werden</translation>
    </message>
    <message>
        <source>&amp;Leave out those listed</source>
        <translation>Gezeigte &amp;weglassen</translation>
    </message>
    <message>
        <source>&amp;Use those listed</source>
        <translation>Gezeigte &amp;verwenden</translation>
    </message>
    <message>
        <source>Photos of the import; a checked one is used</source>
        <translation>Fotos des Imports; angehakte werden verwendet</translation>
    </message>
    <message>
        <source>Pictures a second that are taken from the video</source>
        <translation>Bilder je Sekunde, die aus dem Video genommen werden</translation>
    </message>
    <message>
        <source>&amp;Pictures a second:</source>
        <translation>&amp;Bilder je Sekunde:</translation>
    </message>
    <message>
        <source>Looking at the photos: %1 of %2</source>
        <translation>Fotos durchsehen: %1 von %2</translation>
    </message>
    <message>
        <source>, %1 left</source>
        <translation>, noch %1</translation>
    </message>
    <message>
        <source>The search for their cameras was begun before: what is done is not done again.</source>
        <translation>Die Suche nach ihren Kameras wurde schon begonnen: was getan ist, wird nicht noch einmal getan.</translation>
    </message>
    <message>
        <source>All photos (%1)</source>
        <translation>Alle Fotos (%1)</translation>
    </message>
    <message>
        <source>With a finding (%1)</source>
        <translation>Mit einem Befund (%1)</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>Weggelassen</translation>
    </message>
    <message>
        <source>Nothing is wrong with any of the photos.</source>
        <translation>An keinem der Fotos ist etwas auszusetzen.</translation>
    </message>
    <message>
        <source>%1 x %2 pixels</source>
        <translation>%1 x %2 Pixel</translation>
    </message>
    <message>
        <source>, %1 long: the sharpest picture of each interval is taken, about %2 of them.</source>
        <translation>, %1 lang: aus jedem Abschnitt kommt das schärfste Bild, etwa %2 im Ganzen.</translation>
    </message>
    <message>
        <source>So many take hours; fewer pictures a second do as well.</source>
        <translation>So viele brauchen Stunden; weniger Bilder je Sekunde genügen auch.</translation>
    </message>
    <message>
        <source>%1 of %2 photos will be used</source>
        <translation>%1 von %2 Fotos werden verwendet</translation>
    </message>
    <message>
        <source>At least two photos are needed.</source>
        <translation>Mindestens zwei Fotos sind nötig.</translation>
    </message>
</context>
<context>
    <name>tessera::app::ImportFlow</name>
    <message>
        <source>Finding the cameras</source>
        <translation>Kameras bestimmen</translation>
    </message>
    <message>
        <source>Building the sample city</source>
        <translation>Beispielstadt bauen</translation>
    </message>
    <message>
        <source>Stop the job under way before opening something else.</source>
        <translation>Erst die laufende Arbeit anhalten, dann etwas anderes öffnen.</translation>
    </message>
    <message>
        <source>%1 cameras and %2 points so far</source>
        <translation>bisher %1 Kameras und %2 Punkte</translation>
    </message>
    <message>
        <source>A folder of photos</source>
        <translation>Ein Ordner mit Fotos</translation>
    </message>
    <message>
        <source>A video</source>
        <translation>Ein Video</translation>
    </message>
    <message>
        <source>Video (*.mp4 *.mov *.m4v *.avi *.mkv *.webm *.mts)</source>
        <translation>Video (*.mp4 *.mov *.m4v *.avi *.mkv *.webm *.mts)</translation>
    </message>
    <message>
        <source>Sample city</source>
        <translation>Beispielstadt</translation>
    </message>
    <message>
        <source>A small town is built and photographed from a drone: a minute or so, some megabytes.

It goes to %1</source>
        <translation>Eine kleine Stadt wird gebaut und von einer Drohne aus fotografiert: etwa eine Minute, einige Megabyte.

Sie kommt nach %1</translation>
    </message>
    <message>
        <source>&amp;Build it</source>
        <translation>&amp;Bauen</translation>
    </message>
    <message>
        <source>Another &amp;folder...</source>
        <translation>Anderer &amp;Ordner...</translation>
    </message>
    <message>
        <source>Where to put the sample city</source>
        <translation>Wohin die Beispielstadt soll</translation>
    </message>
</context>
<context>
    <name>tessera::app::ImportList</name>
    <message>
        <source>%1 x %2</source>
        <translation>%1 x %2</translation>
    </message>
    <message>
        <source>%1, %2%3</source>
        <translation>%1, %2%3</translation>
    </message>
    <message>
        <source>used</source>
        <translation>verwendet</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>weggelassen</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>Foto</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
</context>
<context>
    <name>tessera::app::InspectPanel</name>
    <message>
        <source>Splats of the pixel</source>
        <translation>Splats des Pixels</translation>
    </message>
    <message>
        <source>&amp;Inspect a Pixel</source>
        <translation>Ein Pixel &amp;untersuchen</translation>
    </message>
    <message>
        <source>Click a pixel to see which splats made it; I ends it</source>
        <translation>Ein Pixel anklicken zeigt, welche Splats es bilden; I beendet es</translation>
    </message>
    <message>
        <source>Which splats made a pixel? Press &lt;b&gt;I&lt;/b&gt; and click it, or click it with &lt;b&gt;Ctrl&lt;/b&gt; while the view is compared with a photo.</source>
        <translation>Welche Splats bilden ein Pixel? &lt;b&gt;I&lt;/b&gt; drücken und es anklicken, oder mit &lt;b&gt;Strg&lt;/b&gt; anklicken, während die Ansicht mit einem Foto verglichen wird.</translation>
    </message>
    <message>
        <source>No splat reaches this pixel: it shows the background.</source>
        <translation>Kein Splat reicht bis zu diesem Pixel: es zeigt den Hintergrund.</translation>
    </message>
    <message>
        <source>1 splat</source>
        <translation>1 Splat</translation>
    </message>
    <message>
        <source>%1 splats</source>
        <translation>%1 Splats</translation>
    </message>
    <message>
        <source>%1 made this pixel</source>
        <translation>%1 bilden dieses Pixel</translation>
    </message>
    <message>
        <source>%1 made %2 % of this pixel, %3 more the rest</source>
        <translation>%1 bilden %2 % dieses Pixels, %3 weitere den Rest</translation>
    </message>
    <message>
        <source>%1 % is background.</source>
        <translation>%1 % sind Hintergrund.</translation>
    </message>
    <message>
        <source>Counting the photos that see them: %1 of %2</source>
        <translation>Zähle die Fotos, die sie sehen: %1 von %2</translation>
    </message>
    <message>
        <source>; seen by 1 photo at the median</source>
        <translation>; im Median von 1 Foto gesehen</translation>
    </message>
    <message>
        <source>; seen by %1 photos at the median</source>
        <translation>; im Median von %1 Fotos gesehen</translation>
    </message>
    <message>
        <source>The model has changed since: pick again.</source>
        <translation>Das Modell hat sich seither geändert: bitte neu wählen.</translation>
    </message>
</context>
<context>
    <name>tessera::app::JobCard</name>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Progress of the job</source>
        <translation>Fortschritt der Arbeit</translation>
    </message>
    <message>
        <source>Stop the job; what is done is kept</source>
        <translation>Arbeit anhalten; was getan ist, bleibt</translation>
    </message>
    <message>
        <source>What is done is kept: opening the same folder goes on from there</source>
        <translation>Was getan ist, bleibt: denselben Ordner öffnen macht dort weiter</translation>
    </message>
    <message>
        <source>Stopping...</source>
        <translation>Wird angehalten...</translation>
    </message>
    <message>
        <source>Beginning...</source>
        <translation>Beginnt...</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1: %2 von %3</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Taking pictures from the video</source>
        <translation>Bilder aus dem Video nehmen</translation>
    </message>
    <message>
        <source>Reading the photos</source>
        <translation>Fotos lesen</translation>
    </message>
    <message>
        <source>Finding landmarks in each photo</source>
        <translation>Merkmale in jedem Foto suchen</translation>
    </message>
    <message>
        <source>Choosing the photos to compare</source>
        <translation>Fotos zum Vergleichen wählen</translation>
    </message>
    <message>
        <source>Comparing the photos</source>
        <translation>Fotos vergleichen</translation>
    </message>
    <message>
        <source>Checking what they have in common</source>
        <translation>Gemeinsames prüfen</translation>
    </message>
    <message>
        <source>Placing the cameras</source>
        <translation>Kameras aufstellen</translation>
    </message>
    <message>
        <source>Finding the ground and the scale</source>
        <translation>Boden und Maßstab bestimmen</translation>
    </message>
    <message>
        <source>Taking out the lens distortion</source>
        <translation>Verzeichnung herausrechnen</translation>
    </message>
    <message>
        <source>Building the town</source>
        <translation>Stadt bauen</translation>
    </message>
    <message>
        <source>Taking the photos</source>
        <translation>Fotos aufnehmen</translation>
    </message>
    <message>
        <source>Measuring points</source>
        <translation>Punkte vermessen</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>Schreiben</translation>
    </message>
</context>
<context>
    <name>tessera::app::KeyboardHelp</name>
    <message>
        <source>Keyboard and mouse</source>
        <translation>Tastatur und Maus</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
    <message>
        <source>Left drag</source>
        <translation>Links ziehen</translation>
    </message>
    <message>
        <source>orbit</source>
        <translation>kreisen</translation>
    </message>
    <message>
        <source>Right drag, Shift and left drag</source>
        <translation>Rechts ziehen, Umschalt und links ziehen</translation>
    </message>
    <message>
        <source>pan</source>
        <translation>verschieben</translation>
    </message>
    <message>
        <source>Middle drag</source>
        <translation>Mitte ziehen</translation>
    </message>
    <message>
        <source>look around</source>
        <translation>umsehen</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Rad</translation>
    </message>
    <message>
        <source>zoom to the cursor; while flying: speed</source>
        <translation>zum Zeiger zoomen; im Flug: Tempo</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>turn to what is under the cursor</source>
        <translation>dem zuwenden, was unter dem Zeiger ist</translation>
    </message>
    <message>
        <source>Click on a camera</source>
        <translation>Klick auf eine Kamera</translation>
    </message>
    <message>
        <source>stand where the photo was taken</source>
        <translation>dort stehen, wo das Foto aufgenommen wurde</translation>
    </message>
    <message>
        <source>Two fingers, with Shift, with Ctrl</source>
        <translation>Zwei Finger, mit Umschalt, mit Strg</translation>
    </message>
    <message>
        <source>orbit, pan, zoom</source>
        <translation>kreisen, verschieben, zoomen</translation>
    </message>
    <message>
        <source>Pinch</source>
        <translation>Zwei Finger spreizen</translation>
    </message>
    <message>
        <source>zoom to the cursor</source>
        <translation>zum Zeiger zoomen</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>fly</source>
        <translation>fliegen</translation>
    </message>
    <message>
        <source>Touch screen: one finger, two fingers</source>
        <translation>Berührbildschirm: ein Finger, zwei Finger</translation>
    </message>
    <message>
        <source>orbit, pan and zoom</source>
        <translation>umkreisen, verschieben und zoomen</translation>
    </message>
</context>
<context>
    <name>tessera::app::LogPanel</name>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Least level of the lines shown</source>
        <translation>Geringste Stufe der gezeigten Zeilen</translation>
    </message>
    <message>
        <source>Which lines are shown</source>
        <translation>Welche Zeilen gezeigt werden</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Warnungen</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Filter of the log</source>
        <translation>Filter des Protokolls</translation>
    </message>
    <message>
        <source>Shows lines that have these letters</source>
        <translation>Zeigt Zeilen mit diesen Buchstaben</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copies the selected lines</source>
        <translation>Kopiert die ausgewählten Zeilen</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>Alles kopieren</translation>
    </message>
    <message>
        <source>Copies all lines that are shown</source>
        <translation>Kopiert alle gezeigten Zeilen</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Forgets all lines; a run's own log.txt keeps them</source>
        <translation>Vergisst alle Zeilen; die log.txt des Laufs behält sie</translation>
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
        <source>Open &amp;Model...</source>
        <translation>&amp;Modell öffnen...</translation>
    </message>
    <message>
        <source>Open &amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
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
        <source>Open a model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>3DGS model (*.ply *.tlod);;Video (*.mp4 *.mov)</source>
        <translation>3DGS-Modell (*.ply *.tlod);;Video (*.mp4 *.mov)</translation>
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
    <message>
        <source>Clean</source>
        <translation>Säubern</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>Szene</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>Untersuchen</translation>
    </message>
    <message>
        <source>&amp;New from Photos...</source>
        <translation>&amp;Neu aus Fotos...</translation>
    </message>
    <message>
        <source>New from a &amp;Video...</source>
        <translation>Neu aus einem &amp;Video...</translation>
    </message>
    <message>
        <source>&amp;Open Photos, Dataset or Project...</source>
        <translation>Fotos, Datensatz oder Projekt ö&amp;ffnen...</translation>
    </message>
    <message>
        <source>Try the Sample &amp;City...</source>
        <translation>Beispiel&amp;stadt ausprobieren...</translation>
    </message>
    <message>
        <source>&amp;Go to the View</source>
        <translation>Zur &amp;Ansicht gehen</translation>
    </message>
    <message>
        <source>What is opened takes its place.</source>
        <translation>Was geöffnet wird, tritt an seine Stelle.</translation>
    </message>
    <message>
        <source>Photos, a dataset, a project or a run</source>
        <translation>Fotos, ein Datensatz, ein Projekt oder ein Lauf</translation>
    </message>
    <message>
        <source>%1 (to look at only)</source>
        <translation>%1 (nur zum Ansehen)</translation>
    </message>
    <message>
        <source> (not there)</source>
        <translation> (nicht da)</translation>
    </message>
    <message>
        <source>They will be back at the next start.</source>
        <translation>Beim nächsten Start sind sie wieder da.</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
</context>
<context>
    <name>tessera::app::MemoryForecast</name>
    <message>
        <source>%1 MB</source>
        <translation>%1 MB</translation>
    </message>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>Share of the memory that the run may need</source>
        <translation>Anteil des Speichers, den der Lauf brauchen kann</translation>
    </message>
    <message>
        <source>Memory: up to %1 of %2</source>
        <translation>Speicher: bis zu %1 von %2</translation>
    </message>
    <message>
        <source>
At most %1 splats, for want of photos</source>
        <translation>
Höchstens %1 Splats, mangels Fotos</translation>
    </message>
    <message>
        <source>
To fit, %1 goes from %2 to %3</source>
        <translation>
Damit es passt, geht %1 von %2 auf %3</translation>
    </message>
</context>
<context>
    <name>tessera::app::MetricsPanel</name>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
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
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>PSNR</source>
        <translation>PSNR</translation>
    </message>
    <message>
        <source>dB</source>
        <translation>dB</translation>
    </message>
    <message>
        <source>train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>test</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Splats</source>
        <translation>Splats</translation>
    </message>
    <message>
        <source>Time a step</source>
        <translation>Zeit je Schritt</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Export Curves as P&amp;icture...</source>
        <translation>Kurven als &amp;Bild exportieren...</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Which curves are shown, and how</source>
        <translation>Welche Kurven gezeigt werden, und wie</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Writes the curves as a picture or as numbers</source>
        <translation>Schreibt die Kurven als Bild oder als Zahlen</translation>
    </message>
    <message>
        <source>Warning: %1</source>
        <translation>Warnung: %1</translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation>%1 geschrieben</translation>
    </message>
    <message>
        <source>Export curves as numbers</source>
        <translation>Kurven als Zahlen exportieren</translation>
    </message>
    <message>
        <source>Export curves as a picture</source>
        <translation>Kurven als Bild exportieren</translation>
    </message>
    <message>
        <source>Picture (*.png)</source>
        <translation>Bild (*.png)</translation>
    </message>
</context>
<context>
    <name>tessera::app::OptionTable</name>
    <message>
        <source>Pause the run to change options</source>
        <translation>Zum Ändern von Optionen den Lauf anhalten</translation>
    </message>
    <message>
        <source>Cannot change in a run that has begun: %1</source>
        <translation>Lässt sich in einem begonnenen Lauf nicht ändern: %1</translation>
    </message>
    <message>
        <source> (was %1)</source>
        <translation> (war %1)</translation>
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
        <source>Values</source>
        <translation>Werte</translation>
    </message>
</context>
<context>
    <name>tessera::app::OptionsView</name>
    <message>
        <source>Filter of the options</source>
        <translation>Filter der Optionen</translation>
    </message>
    <message>
        <source>Shows options whose name or description has these letters</source>
        <translation>Zeigt Optionen, deren Name oder Beschreibung diese Buchstaben hat</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>All options</source>
        <translation>Alle Optionen</translation>
    </message>
    <message>
        <source>F2 or typing changes a value</source>
        <translation>F2 oder Tippen ändert einen Wert</translation>
    </message>
</context>
<context>
    <name>tessera::app::PathModel</name>
    <message>
        <source>Time, s</source>
        <translation>Zeit, s</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Field of view %1°, from the lower to the upper edge</source>
        <translation>Blickwinkel %1°, vom unteren zum oberen Rand</translation>
    </message>
</context>
<context>
    <name>tessera::app::PathPanel</name>
    <message>
        <source>Press K to keep the view as a keyframe, move on, and press K again.
Or begin with an orbit or a flight along the photos.</source>
        <translation>K hält die Ansicht als Stützpunkt fest; weitergehen und wieder K drücken.
Oder mit einer Umkreisung oder einem Flug entlang der Fotos beginnen.</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzu</translation>
    </message>
    <message>
        <source>Keep the current view as a keyframe (K)</source>
        <translation>Die jetzige Ansicht als Stützpunkt festhalten (K)</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Give the selected keyframe the current view (Shift+K)</source>
        <translation>Dem gewählten Stützpunkt die jetzige Ansicht geben (Umschalt+K)</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete the selected keyframe (Del)</source>
        <translation>Den gewählten Stützpunkt löschen (Entf)</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Früher</translation>
    </message>
    <message>
        <source>Move the selected keyframe before the one above it</source>
        <translation>Den gewählten Stützpunkt vor den darüber stellen</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Später</translation>
    </message>
    <message>
        <source>Move the selected keyframe behind the one below it</source>
        <translation>Den gewählten Stützpunkt hinter den darunter stellen</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Fly along the path, or stop there (Space)</source>
        <translation>Den Weg entlang fliegen oder anhalten (Leertaste)</translation>
    </message>
    <message>
        <source>Orbit</source>
        <translation>Umkreisung</translation>
    </message>
    <message>
        <source>Make a path once around what the photos look at</source>
        <translation>Einen Weg einmal um das Fotografierte anlegen</translation>
    </message>
    <message>
        <source>Flythrough</source>
        <translation>Durchflug</translation>
    </message>
    <message>
        <source>Make a path along where the photos were taken</source>
        <translation>Einen Weg entlang der Aufnahmeorte anlegen</translation>
    </message>
    <message>
        <source>Load...</source>
        <translation>Laden...</translation>
    </message>
    <message>
        <source>Load a camera path from a file</source>
        <translation>Einen Kameraweg aus einer Datei laden</translation>
    </message>
    <message>
        <source>Save...</source>
        <translation>Speichern...</translation>
    </message>
    <message>
        <source>Save the camera path to a file</source>
        <translation>Den Kameraweg in eine Datei speichern</translation>
    </message>
    <message>
        <source>Video...</source>
        <translation>Video...</translation>
    </message>
    <message>
        <source>Export the path as a video</source>
        <translation>Den Weg als Video exportieren</translation>
    </message>
    <message>
        <source>Keyframes</source>
        <translation>Stützpunkte</translation>
    </message>
    <message>
        <source>Time in the path</source>
        <translation>Zeit auf dem Weg</translation>
    </message>
    <message>
        <source>Length of the path</source>
        <translation>Länge des Wegs</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Camera Path</source>
        <translation>Kameraweg</translation>
    </message>
    <message>
        <source>Add &amp;Keyframe</source>
        <translation>&amp;Stützpunkt hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Replace Keyframe</source>
        <translation>Stützpunkt &amp;ersetzen</translation>
    </message>
    <message>
        <source>&amp;Play or Stop the Camera Path</source>
        <translation>Kameraweg abspielen oder &amp;anhalten</translation>
    </message>
    <message>
        <source>Make an &amp;Orbit</source>
        <translation>&amp;Umkreisung anlegen</translation>
    </message>
    <message>
        <source>Make a &amp;Flythrough</source>
        <translation>&amp;Durchflug anlegen</translation>
    </message>
    <message>
        <source>&amp;Load Camera Path...</source>
        <translation>Kameraweg &amp;laden...</translation>
    </message>
    <message>
        <source>&amp;Save Camera Path...</source>
        <translation>Kameraweg s&amp;peichern...</translation>
    </message>
    <message>
        <source>Show the Camera &amp;Path</source>
        <translation>Kamera&amp;weg zeigen</translation>
    </message>
    <message>
        <source>Export &amp;Video...</source>
        <translation>&amp;Video exportieren...</translation>
    </message>
    <message>
        <source>Keyframe %1 at %2 s</source>
        <translation>Stützpunkt %1 bei %2 s</translation>
    </message>
    <message>
        <source>Select a keyframe first</source>
        <translation>Zuerst einen Stützpunkt wählen</translation>
    </message>
    <message>
        <source>Keyframe %1 has the current view</source>
        <translation>Stützpunkt %1 hat die jetzige Ansicht</translation>
    </message>
    <message>
        <source>A path along the photos needs photos: open a dataset or a run.</source>
        <translation>Ein Weg entlang der Fotos braucht Fotos: öffnen Sie einen Datensatz oder einen Lauf.</translation>
    </message>
    <message>
        <source>Load a camera path</source>
        <translation>Kameraweg laden</translation>
    </message>
    <message>
        <source>Camera path (*.json)</source>
        <translation>Kameraweg (*.json)</translation>
    </message>
    <message>
        <source>There is no camera path yet: press K to begin one.</source>
        <translation>Es gibt noch keinen Kameraweg: K beginnt einen.</translation>
    </message>
    <message>
        <source>Save the camera path</source>
        <translation>Den Kameraweg speichern</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>A video needs a camera path of at least two keyframes: make one in the Camera Path dock.</source>
        <translation>Ein Video braucht einen Kameraweg aus mindestens zwei Stützpunkten: legen Sie ihn unter „Kameraweg“ an.</translation>
    </message>
    <message>
        <source>A path has at least two keyframes</source>
        <translation>Ein Weg hat mindestens zwei Stützpunkte</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>%1 / %2 s</source>
        <translation>%1 / %2 s</translation>
    </message>
</context>
<context>
    <name>tessera::app::PhotoList</name>
    <message>
        <source>held out for testing</source>
        <translation>zum Prüfen zurückgehalten</translation>
    </message>
    <message>
        <source>trained on</source>
        <translation>im Training</translation>
    </message>
    <message>
        <source>not registered: %1</source>
        <translation>nicht zugeordnet: %1</translation>
    </message>
    <message>
        <source>
%1 x %2, %3</source>
        <translation>
%1 x %2, %3</translation>
    </message>
    <message>
        <source>blurred, compared with the others</source>
        <translation>unscharf, verglichen mit den anderen</translation>
    </message>
    <message>
        <source>
PSNR %1 dB, with colours corrected %2 dB
SSIM %3</source>
        <translation>
PSNR %1 dB, mit korrigierten Farben %2 dB
SSIM %3</translation>
    </message>
</context>
<context>
    <name>tessera::app::PhotoScores</name>
    <message>
        <source>There are no photos to score: open a dataset or a run.</source>
        <translation>Es gibt keine Fotos zu bewerten: öffnen Sie einen Datensatz oder einen Lauf.</translation>
    </message>
    <message>
        <source>There is nothing to score: nothing has been trained yet.</source>
        <translation>Es gibt nichts zu bewerten: noch ist nichts trainiert.</translation>
    </message>
    <message>
        <source>%1: every pixel is masked; not scored</source>
        <translation>%1: jedes Pixel ist maskiert; nicht bewertet</translation>
    </message>
    <message>
        <source>scored here, from the model in the view</source>
        <translation>hier bewertet, am Modell der Ansicht</translation>
    </message>
    <message>
        <source>Warning: %1</source>
        <translation>Warnung: %1</translation>
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
        <source>Compare with the Photo, &amp;Error Map</source>
        <translation>Mit dem Foto vergleichen, &amp;Fehlerkarte</translation>
    </message>
    <message>
        <source>Which photos are listed</source>
        <translation>Welche Fotos gezeigt werden</translation>
    </message>
    <message>
        <source>Order of the photos</source>
        <translation>Reihenfolge der Fotos</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>Nach Namen</translation>
    </message>
    <message>
        <source>Worst first</source>
        <translation>Schlechteste zuerst</translation>
    </message>
    <message>
        <source>By the score of each photo (PSNR): Score All Photos in the Tools menu makes those that a run has not left</source>
        <translation>Nach der Bewertung jedes Fotos (PSNR): „Alle Fotos bewerten“ im Menü Werkzeuge macht, was ein Lauf nicht hinterlassen hat</translation>
    </message>
    <message>
        <source>&amp;Worst Photos First</source>
        <translation>&amp;Schlechteste Fotos zuerst</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>All photos</source>
        <translation>Alle Fotos</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Unregistered</source>
        <translation>Nicht zugeordnet</translation>
    </message>
    <message>
        <source>Blurred</source>
        <translation>Unscharf</translation>
    </message>
</context>
<context>
    <name>tessera::app::PlanMap</name>
    <message>
        <source>Map of the blocks</source>
        <translation>Karte der Blöcke</translation>
    </message>
    <message>
        <source>Make a plan to see the scene from above, cut into blocks.</source>
        <translation>Mit einem Plan sieht man hier die Szene von oben, in Blöcke geteilt.</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>too few photos</source>
        <translation>zu wenige Fotos</translation>
    </message>
    <message>
        <source>Split into &amp;Equal Loads</source>
        <translation>In &amp;gleiche Lasten teilen</translation>
    </message>
    <message>
        <source>Split &amp;Here, Left and Right</source>
        <translation>&amp;Hier teilen, links und rechts</translation>
    </message>
    <message>
        <source>Split Here, &amp;Above and Below</source>
        <translation>Hier teilen, &amp;oben und unten</translation>
    </message>
    <message>
        <source>&amp;Merge across the Cut</source>
        <translation>Über den Schnitt &amp;vereinen</translation>
    </message>
</context>
<context>
    <name>tessera::app::PlanModel</name>
    <message>
        <source>Split block %1</source>
        <translation>Block %1 teilen</translation>
    </message>
    <message>
        <source>Move a cut</source>
        <translation>Einen Schnitt verschieben</translation>
    </message>
    <message>
        <source>Merge blocks</source>
        <translation>Blöcke vereinen</translation>
    </message>
    <message>
        <source>Nothing has been planned yet.</source>
        <translation>Noch ist nichts geplant.</translation>
    </message>
    <message>
        <source>What the blocks take is being worked out.</source>
        <translation>Was die Blöcke brauchen, wird berechnet.</translation>
    </message>
    <message>
        <source>Block %1 has no points.</source>
        <translation>Block %1 hat keine Punkte.</translation>
    </message>
    <message>
        <source>Block %1 has fewer than two photos.</source>
        <translation>Block %1 hat weniger als zwei Fotos.</translation>
    </message>
</context>
<context>
    <name>tessera::app::PlanPanel</name>
    <message>
        <source>Make plan</source>
        <translation>Plan machen</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Teilen</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>Vereinen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Write plan</source>
        <translation>Plan sichern</translation>
    </message>
    <message>
        <source>Train blocks</source>
        <translation>Blöcke trainieren</translation>
    </message>
    <message>
        <source>Cut into &amp;Blocks</source>
        <translation>In &amp;Blöcke teilen</translation>
    </message>
    <message>
        <source>Train the &amp;Blocks</source>
        <translation>&amp;Blöcke trainieren</translation>
    </message>
    <message>
        <source>How many blocks the scene is cut into</source>
        <translation>In wie viele Blöcke die Szene geteilt wird</translation>
    </message>
    <message>
        <source>Balanced: equal loads</source>
        <translation>Ausgewogen: gleiche Lasten</translation>
    </message>
    <message>
        <source>Halves: the longer edge in the middle</source>
        <translation>Hälften: die längere Kante in der Mitte</translation>
    </message>
    <message>
        <source>Grid: equal cells</source>
        <translation>Gitter: gleiche Zellen</translation>
    </message>
    <message>
        <source>Columns: equal loads</source>
        <translation>Spalten: gleiche Lasten</translation>
    </message>
    <message>
        <source>How the cuts are chosen</source>
        <translation>Wie die Schnitte gewählt werden</translation>
    </message>
    <message>
        <source>Cuts the chosen block into two of equal load</source>
        <translation>Teilt den gewählten Block in zwei mit gleicher Last</translation>
    </message>
    <message>
        <source>Takes away the cut beside the chosen block</source>
        <translation>Nimmt den Schnitt neben dem gewählten Block weg</translation>
    </message>
    <message>
        <source>Keeps the plan in the project, as plan.json</source>
        <translation>Behält den Plan im Projekt, als plan.json</translation>
    </message>
    <message>
        <source>Trains one block after another with the options of the Train dock, and merges them</source>
        <translation>Trainiert einen Block nach dem anderen mit den Optionen des Docks Training und vereint sie</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>Blöcke</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>Resume blocks</source>
        <translation>Blöcke fortsetzen</translation>
    </message>
    <message>
        <source>Open photos or a dataset to cut its scene into blocks.</source>
        <translation>Fotos oder einen Datensatz öffnen, um die Szene in Blöcke zu teilen.</translation>
    </message>
    <message>
        <source>training, %1 %</source>
        <translation>wird trainiert, %1 %</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
    <message>
        <source>Training makes a model of its own.</source>
        <translation>Das Training macht ein eigenes Modell.</translation>
    </message>
    <message>
        <source>The heaviest block has %1 times the mean load. All of them take about %2, and %3 on the disk.</source>
        <translation>Der schwerste Block hat das %1-Fache der mittleren Last. Alle zusammen brauchen etwa %2 und %3 auf der Platte.</translation>
    </message>
    <message>
        <source>Show the errors at the &amp;seams</source>
        <translation>Fehler an den &amp;Nähten zeigen</translation>
    </message>
    <message>
        <source>How wrong the merged scene is at every place, as held-out photos see it: from dark blue to yellow</source>
        <translation>Wie falsch die vereinte Szene an jedem Ort ist, wie zurückgehaltene Fotos sie sehen: von Dunkelblau bis Gelb</translation>
    </message>
    <message>
        <source>Refine</source>
        <translation>Verfeinern</translation>
    </message>
    <message>
        <source>Trains the merged scene on, with all blocks in view, as a run of its own</source>
        <translation>Trainiert die vereinte Szene weiter, mit allen Blöcken im Blick, als eigenen Lauf</translation>
    </message>
</context>
<context>
    <name>tessera::app::PlanTable</name>
    <message>
        <source>too few photos</source>
        <translation>zu wenige Fotos</translation>
    </message>
    <message>
        <source>%1 points in it, and %2 beyond that its photos see</source>
        <translation>%1 Punkte darin, und %2 außerhalb, die seine Fotos sehen</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>Splats</source>
        <translation>Splats</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Its number, and its colour in the view</source>
        <translation>Seine Nummer, und seine Farbe in der Ansicht</translation>
    </message>
    <message>
        <source>Photos that it is trained on</source>
        <translation>Fotos, mit denen er trainiert wird</translation>
    </message>
    <message>
        <source>Sparse points in it and its margin</source>
        <translation>Punkte in ihm und seinem Rand</translation>
    </message>
    <message>
        <source>At most, while it is trained</source>
        <translation>Höchstens, während er trainiert wird</translation>
    </message>
    <message>
        <source>How far its training is</source>
        <translation>Wie weit sein Training ist</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>At the end of its training, about</source>
        <translation>Am Ende seines Trainings, etwa</translation>
    </message>
    <message>
        <source>That its training takes this computer, about</source>
        <translation>Die sein Training auf diesem Rechner braucht, etwa</translation>
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
    <message>
        <source>Drag: a range of steps. Double click: all. Arrow keys: the values at a step</source>
        <translation>Ziehen: ein Bereich von Schritten. Doppelklick: alle. Pfeiltasten: die Werte bei einem Schritt</translation>
    </message>
</context>
<context>
    <name>tessera::app::ProbeTable</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>...</source>
        <translation>...</translation>
    </message>
    <message>
        <source>Splat %1 of the model, colour %7
alpha at this pixel %2, opacity %3
standard deviations %4, %5, %6</source>
        <translation>Splat %1 des Modells, Farbe %7
Alpha an diesem Pixel %2, Deckkraft %3
Standardabweichungen %4, %5, %6</translation>
    </message>
    <message>
        <source>#</source>
        <translation>#</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Place from the front, and the colour as seen from here</source>
        <translation>Platz von vorn, und die Farbe von hier aus</translation>
    </message>
    <message>
        <source>Share of the pixel: alpha times what the splats before it let through</source>
        <translation>Anteil am Pixel: Alpha mal was die Splats davor durchlassen</translation>
    </message>
    <message>
        <source>Photos trained on that see it: in their picture and not hidden</source>
        <translation>Fotos im Training, die es sehen: in ihrem Bild und nicht verdeckt</translation>
    </message>
    <message>
        <source>Distance along the viewing axis, in the units of the dataset</source>
        <translation>Abstand entlang der Blickachse, in den Einheiten des Datensatzes</translation>
    </message>
    <message>
        <source>Of the splat itself</source>
        <translation>Des Splats selbst</translation>
    </message>
    <message>
        <source>Largest standard deviation, in the units of the dataset</source>
        <translation>Größte Standardabweichung, in den Einheiten des Datensatzes</translation>
    </message>
</context>
<context>
    <name>tessera::app::ProjectKeeper</name>
    <message>
        <source>%1 is open to look at only</source>
        <translation>%1 ist nur zum Ansehen geöffnet</translation>
    </message>
    <message>
        <source>Run %1 was interrupted: Resume training goes on where it stopped.</source>
        <translation>Lauf %1 wurde unterbrochen: „Training fortsetzen“ macht dort weiter.</translation>
    </message>
    <message>
        <source>Where are the photos now?</source>
        <translation>Wo sind die Fotos jetzt?</translation>
    </message>
    <message>
        <source>Where shall the project be kept?</source>
        <translation>Wo soll das Projekt liegen?</translation>
    </message>
    <message>
        <source>Find the Photos...</source>
        <translation>Die Fotos suchen...</translation>
    </message>
    <message>
        <source>Choose a Folder...</source>
        <translation>Ordner wählen...</translation>
    </message>
    <message>
        <source>Look at It Only</source>
        <translation>Nur ansehen</translation>
    </message>
</context>
<context>
    <name>tessera::app::PsnrBadge</name>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
</context>
<context>
    <name>tessera::app::RangeField</name>
    <message>
        <source>%1, from</source>
        <translation>%1, von</translation>
    </message>
    <message>
        <source>%1, to</source>
        <translation>%1, bis</translation>
    </message>
    <message>
        <source>%1, range</source>
        <translation>%1, Bereich</translation>
    </message>
</context>
<context>
    <name>tessera::app::ResultsPanel</name>
    <message>
        <source>How well the model shows each photo: the photos held out were never trained on, so their score says how new views look.</source>
        <translation>Wie gut das Modell jedes Foto zeigt: auf zurückgehaltene Fotos wurde nie trainiert; ihre Bewertung sagt, wie neue Ansichten aussehen.</translation>
    </message>
    <message>
        <source>Score all photos</source>
        <translation>Alle Fotos bewerten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Photos scored</source>
        <translation>Bewertete Fotos</translation>
    </message>
    <message>
        <source>%v of %m</source>
        <translation>%v von %m</translation>
    </message>
    <message>
        <source>&amp;Score All Photos</source>
        <translation>Alle Fotos be&amp;werten</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>PSNR</source>
        <translation>PSNR</translation>
    </message>
    <message>
        <source>  colours corrected</source>
        <translation>  Farben korrigiert</translation>
    </message>
    <message>
        <source>SSIM</source>
        <translation>SSIM</translation>
    </message>
    <message>
        <source>MS-SSIM</source>
        <translation>MS-SSIM</translation>
    </message>
    <message>
        <source>Worst photo</source>
        <translation>Schlechtestes Foto</translation>
    </message>
    <message>
        <source>Best photo</source>
        <translation>Bestes Foto</translation>
    </message>
    <message>
        <source>Held out</source>
        <translation>Zurückgehalten</translation>
    </message>
    <message>
        <source>Trained on</source>
        <translation>Im Training</translation>
    </message>
    <message>
        <source>&lt;b&gt;%1 dB&lt;/b&gt;</source>
        <translation>&lt;b&gt;%1 dB&lt;/b&gt;</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>From %1</source>
        <translation>Aus %1</translation>
    </message>
    <message>
        <source>Stand where %1 was taken</source>
        <translation>Dort stehen, wo %1 aufgenommen wurde</translation>
    </message>
    <message>
        <source>Best photo: %1</source>
        <translation>Bestes Foto: %1</translation>
    </message>
    <message>
        <source>Worst photo: %1</source>
        <translation>Schlechtestes Foto: %1</translation>
    </message>
</context>
<context>
    <name>tessera::app::ScenePanel</name>
    <message>
        <source>Scene</source>
        <translation>Szene</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Sparse points</source>
        <translation>Dünn gesäte Punkte</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>Kameras</translation>
    </message>
    <message>
        <source>Trained on</source>
        <translation>Im Training</translation>
    </message>
    <message>
        <source>Held out</source>
        <translation>Zurückgehalten</translation>
    </message>
    <message>
        <source>Photo and error map</source>
        <translation>Foto und Fehlerkarte</translation>
    </message>
    <message>
        <source>Axes</source>
        <translation>Achsen</translation>
    </message>
    <message>
        <source>Scale bar</source>
        <translation>Maßstab</translation>
    </message>
    <message>
        <source>Mixes the picture of the model with the background</source>
        <translation>Mischt das Bild des Modells mit dem Hintergrund</translation>
    </message>
    <message>
        <source>Dots of structure from motion over the model, also those that it hides</source>
        <translation>Punkte der Rekonstruktion über dem Modell, auch solche, die es verdeckt</translation>
    </message>
    <message>
        <source>While the view is compared with the photo that it stands at</source>
        <translation>Während die Ansicht mit dem Foto verglichen wird, bei dem sie steht</translation>
    </message>
    <message>
        <source>Show &amp;Cameras</source>
        <translation>&amp;Kameras zeigen</translation>
    </message>
    <message>
        <source>Opacity: %1</source>
        <translation>Deckkraft: %1</translation>
    </message>
    <message>
        <source>not trained yet</source>
        <translation>noch nicht trainiert</translation>
    </message>
    <message>
        <source>At most %1 of them are drawn over a model</source>
        <translation>Höchstens %1 davon werden über ein Modell gezeichnet</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>Blöcke</translation>
    </message>
    <message>
        <source>Model in their colours</source>
        <translation>Modell in ihren Farben</translation>
    </message>
    <message>
        <source>Outlines of the plan's blocks on the ground, with their numbers</source>
        <translation>Umrisse der Blöcke des Plans am Boden, mit ihren Nummern</translation>
    </message>
    <message>
        <source>Every splat in the colour of the block that owns it</source>
        <translation>Jeder Splat in der Farbe des Blocks, dem er gehört</translation>
    </message>
    <message>
        <source>&amp;Block Colours</source>
        <translation>&amp;Blockfarben</translation>
    </message>
</context>
<context>
    <name>tessera::app::ScreenshotDialog</name>
    <message>
        <source>Copying the picture</source>
        <translation>Bild wird kopiert</translation>
    </message>
    <message>
        <source>Copied a picture of %1 × %2</source>
        <translation>Ein Bild von %1 × %2 kopiert</translation>
    </message>
    <message>
        <source>&amp;With cameras, camera path, axes and scale bar</source>
        <translation>&amp;Mit Kameras, Kameraweg, Achsen und Maßstab</translation>
    </message>
    <message>
        <source>Save Screenshot</source>
        <translation>Bildschirmfoto speichern</translation>
    </message>
    <message>
        <source>As the view</source>
        <translation>Wie die Ansicht</translation>
    </message>
    <message>
        <source>Twice the view</source>
        <translation>Doppelte Ansicht</translation>
    </message>
    <message>
        <source>4K</source>
        <translation>4K</translation>
    </message>
    <message>
        <source>Own size</source>
        <translation>Eigene Größe</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Width in pixels</source>
        <translation>Breite in Pixeln</translation>
    </message>
    <message>
        <source>Height in pixels</source>
        <translation>Höhe in Pixeln</translation>
    </message>
    <message>
        <source>As in the view</source>
        <translation>Wie in der Ansicht</translation>
    </message>
    <message>
        <source>Transparent (PNG)</source>
        <translation>Durchsichtig (PNG)</translation>
    </message>
    <message>
        <source>White</source>
        <translation>Weiß</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>Schwarz</translation>
    </message>
    <message>
        <source>Other colour...</source>
        <translation>Andere Farbe...</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>&amp;Size</source>
        <translation>&amp;Größe</translation>
    </message>
    <message>
        <source>&amp;Background</source>
        <translation>&amp;Hintergrund</translation>
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
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>&amp;Copy to Clipboard</source>
        <translation>In die Zwischenablage &amp;kopieren</translation>
    </message>
    <message>
        <source>%1 × %2 pixels; drawing takes about %3 of memory.</source>
        <translation>%1 × %2 Pixel; das Zeichnen braucht etwa %3 Speicher.</translation>
    </message>
    <message>
        <source>%1 × %2 pixels would take %3 of memory, and %4 are free: choose a smaller size.</source>
        <translation>%1 × %2 Pixel brauchten %3 Speicher, und %4 sind frei: wählen Sie eine kleinere Größe.</translation>
    </message>
    <message>
        <source>End the name in .png or .jpg.</source>
        <translation>Der Name soll auf .png oder .jpg enden.</translation>
    </message>
    <message>
        <source>A JPEG has no transparency: end the name in .png.</source>
        <translation>Ein JPEG kennt keine Durchsicht: der Name soll auf .png enden.</translation>
    </message>
    <message>
        <source>Writing %1</source>
        <translation>%1 wird geschrieben</translation>
    </message>
    <message>
        <source>Saved %1, %2 × %3, %4</source>
        <translation>%1 gespeichert, %2 × %3, %4</translation>
    </message>
</context>
<context>
    <name>tessera::app::TaskStrip</name>
    <message>
        <source>about %1 s left</source>
        <translation>noch etwa %1 s</translation>
    </message>
    <message>
        <source>about %1 min left</source>
        <translation>noch etwa %1 min</translation>
    </message>
    <message>
        <source>about %1 h left</source>
        <translation>noch etwa %1 h</translation>
    </message>
    <message>
        <source>Exports</source>
        <translation>Exporte</translation>
    </message>
    <message>
        <source>Open &amp;Folder</source>
        <translation>&amp;Ordner öffnen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel: %1</source>
        <translation>Abbrechen: %1</translation>
    </message>
    <message>
        <source>Warning: %1</source>
        <translation>Warnung: %1</translation>
    </message>
    <message>
        <source>cancelling</source>
        <translation>wird abgebrochen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Dismiss: %1</source>
        <translation>Verwerfen: %1</translation>
    </message>
    <message>
        <source>Cancelled: %1</source>
        <translation>Abgebrochen: %1</translation>
    </message>
    <message>
        <source>A file is being written</source>
        <translation>Eine Datei wird geschrieben</translation>
    </message>
    <message>
        <source>An export is under way. Quit when it is done, or cancel it and quit now? A cancelled export leaves no file behind.</source>
        <translation>Ein Export läuft. Beenden, wenn er fertig ist, oder abbrechen und gleich beenden? Ein abgebrochener Export hinterlässt keine Datei.</translation>
    </message>
    <message>
        <source>Quit When &amp;Done</source>
        <translation>Beenden, wenn &amp;fertig</translation>
    </message>
    <message>
        <source>&amp;Cancel Export and Quit</source>
        <translation>Export &amp;abbrechen und beenden</translation>
    </message>
    <message>
        <source>&amp;Stay</source>
        <translation>&amp;Bleiben</translation>
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
        <source>&amp;Preset</source>
        <translation>&amp;Voreinstellung</translation>
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
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>A set of values for all options</source>
        <translation>Ein Satz von Werten für alle Optionen</translation>
    </message>
    <message>
        <source>One iteration, then paused again</source>
        <translation>Ein Schritt, dann wieder Pause</translation>
    </message>
    <message>
        <source>Saves a checkpoint, from which the run can be resumed</source>
        <translation>Speichert einen Zwischenstand, von dem aus der Lauf fortgesetzt werden kann</translation>
    </message>
    <message>
        <source>Progress of the job</source>
        <translation>Fortschritt der Arbeit</translation>
    </message>
    <message>
        <source>Step&amp;s</source>
        <translation>&amp;Schritte</translation>
    </message>
    <message>
        <source>Photo si&amp;ze, pixels</source>
        <translation>Foto&amp;größe, Pixel</translation>
    </message>
    <message>
        <source>SH &amp;degree</source>
        <translation>SH-&amp;Grad</translation>
    </message>
    <message>
        <source>A table of every option of a training run</source>
        <translation>Eine Tabelle aller Optionen eines Trainingslaufs</translation>
    </message>
    <message>
        <source>Continue with changes</source>
        <translation>Mit Änderungen weiter</translation>
    </message>
    <message>
        <source>Take &amp;One Step</source>
        <translation>&amp;Einen Schritt machen</translation>
    </message>
    <message>
        <source>&amp;New Run</source>
        <translation>&amp;Neuer Lauf</translation>
    </message>
    <message>
        <source>Undo changes</source>
        <translation>Änderungen zurücknehmen</translation>
    </message>
    <message>
        <source>All options as the run has them</source>
        <translation>Alle Optionen, wie der Lauf sie hat</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>All options as the preset has them</source>
        <translation>Alle Optionen wie in der Voreinstellung</translation>
    </message>
    <message>
        <source>By way of a checkpoint: %1</source>
        <translation>Über einen Zwischenstand: %1</translation>
    </message>
    <message>
        <source>Keeps everything in memory</source>
        <translation>Behält alles im Speicher</translation>
    </message>
    <message>
        <source>Training goes on with the model as it was trained, not with the cleaned one.</source>
        <translation>Das Training geht mit dem Modell weiter, wie es trainiert wurde, nicht mit dem gesäuberten.</translation>
    </message>
    <message>
        <source>Paused after step %1</source>
        <translation>Angehalten nach Schritt %1</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Training makes a model of its own.</source>
        <translation>Das Training macht ein eigenes Modell.</translation>
    </message>
</context>
<context>
    <name>tessera::app::VideoDialog</name>
    <message>
        <source>Export Video</source>
        <translation>Video exportieren</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>720p (1280 × 720)</source>
        <translation>720p (1280 × 720)</translation>
    </message>
    <message>
        <source>1080p (1920 × 1080)</source>
        <translation>1080p (1920 × 1080)</translation>
    </message>
    <message>
        <source>4K (3840 × 2160)</source>
        <translation>4K (3840 × 2160)</translation>
    </message>
    <message>
        <source>Own size</source>
        <translation>Eigene Größe</translation>
    </message>
    <message>
        <source>Width in pixels</source>
        <translation>Breite in Pixeln</translation>
    </message>
    <message>
        <source>Height in pixels</source>
        <translation>Höhe in Pixeln</translation>
    </message>
    <message>
        <source>Pictures a second</source>
        <translation>Bilder je Sekunde</translation>
    </message>
    <message>
        <source>&amp;Size</source>
        <translation>&amp;Größe</translation>
    </message>
    <message>
        <source>&amp;Pictures a second</source>
        <translation>&amp;Bilder je Sekunde</translation>
    </message>
    <message>
        <source>Export video</source>
        <translation>Video exportieren</translation>
    </message>
    <message>
        <source>Video (*.mp4 *.mov)</source>
        <translation>Video (*.mp4 *.mov)</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportieren</translation>
    </message>
    <message>
        <source>%1 s, %2 pictures. MPEG-4 file with H.264 where this machine can write it, else MPEG-4 Part 2.</source>
        <translation>%1 s, %2 Bilder. MPEG-4-Datei mit H.264, wo dieser Rechner es schreiben kann, sonst MPEG-4 Teil 2.</translation>
    </message>
    <message>
        <source>End the name in .mp4.</source>
        <translation>Der Name soll auf .mp4 enden.</translation>
    </message>
    <message>
        <source>Writing %1</source>
        <translation>%1 wird geschrieben</translation>
    </message>
    <message>
        <source>Saved %1, %2</source>
        <translation>%1 gespeichert, %2</translation>
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
    <message>
        <source>View settings ▾</source>
        <translation>Ansichtsoptionen ▾</translation>
    </message>
    <message>
        <source>Field of view, clip planes, colour by direction, background</source>
        <translation>Blickwinkel, Schnittebenen, Farbe nach Richtung, Hintergrund</translation>
    </message>
    <message>
        <source>View settings</source>
        <translation>Ansichtsoptionen</translation>
    </message>
    <message>
        <source>&amp;View Settings...</source>
        <translation>Ansichts&amp;optionen...</translation>
    </message>
</context>
<context>
    <name>tessera::app::ViewPresenter</name>
    <message>
        <source>Vulkan: this window system gives no surface to draw on; pictures are copied to the window</source>
        <translation>Vulkan: dieses Fenstersystem bietet keine Zeichenfläche; Bilder werden ins Fenster kopiert</translation>
    </message>
    <message>
        <source>Vulkan: the window's surface is lost again and again; pictures are copied to the window</source>
        <translation>Vulkan: die Zeichenfläche des Fensters geht immer wieder verloren; Bilder werden ins Fenster kopiert</translation>
    </message>
</context>
<context>
    <name>tessera::app::ViewSettingsSheet</name>
    <message>
        <source>Field of view</source>
        <translation>Blickwinkel</translation>
    </message>
    <message>
        <source>From the lower to the upper edge of the view</source>
        <translation>Vom unteren zum oberen Rand der Ansicht</translation>
    </message>
    <message>
        <source>In the units of the scale bar; 0: not cut</source>
        <translation>In den Einheiten des Maßstabs; 0: kein Schnitt</translation>
    </message>
    <message>
        <source>Nearest that is drawn</source>
        <translation>Das Nächste, das gezeichnet wird</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>Farthest that is drawn</source>
        <translation>Das Fernste, das gezeichnet wird</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>SH degree</source>
        <translation>SH-Grad</translation>
    </message>
    <message>
        <source>0: the same from everywhere</source>
        <translation>0: von überall gleich</translation>
    </message>
    <message>
        <source>up to 1</source>
        <translation>bis 1</translation>
    </message>
    <message>
        <source>up to 2</source>
        <translation>bis 2</translation>
    </message>
    <message>
        <source>all (3)</source>
        <translation>alle (3)</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>Schwarz</translation>
    </message>
    <message>
        <source>Dark grey</source>
        <translation>Dunkelgrau</translation>
    </message>
    <message>
        <source>Light grey</source>
        <translation>Hellgrau</translation>
    </message>
    <message>
        <source>White</source>
        <translation>Weiß</translation>
    </message>
    <message>
        <source>Other colour...</source>
        <translation>Andere Farbe...</translation>
    </message>
    <message>
        <source>&amp;Reset</source>
        <translation>Zu&amp;rücksetzen</translation>
    </message>
    <message>
        <source>&amp;Field of view</source>
        <translation>&amp;Blickwinkel</translation>
    </message>
    <message>
        <source>&amp;Near clip</source>
        <translation>&amp;Nahe Ebene</translation>
    </message>
    <message>
        <source>F&amp;ar clip</source>
        <translation>&amp;Ferne Ebene</translation>
    </message>
    <message>
        <source>&amp;SH degree</source>
        <translation>&amp;SH-Grad</translation>
    </message>
    <message>
        <source>&amp;Background</source>
        <translation>&amp;Hintergrund</translation>
    </message>
</context>
<context>
    <name>tessera::app::ViewShare</name>
    <message>
        <source>Time for the View While T&amp;raining</source>
        <translation>&amp;Zeit für die Ansicht beim Training</translation>
    </message>
    <message>
        <source>Where training and the view share the processor</source>
        <translation>Wo Training und Ansicht sich den Prozessor teilen</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
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
    <message>
        <source>Drawing %1 of %2 M splats: the device holds no more</source>
        <translation>%1 von %2 Mio. Splats werden gezeichnet: mehr fasst das Gerät nicht</translation>
    </message>
    <message>
        <source>Drawing %1 of %2 splats: the device holds no more</source>
        <translation>%1 von %2 Splats werden gezeichnet: mehr fasst das Gerät nicht</translation>
    </message>
</context>
<context>
    <name>tessera::app::WelcomePage</name>
    <message>
        <source>Photographs in, a scene that you can fly through out.</source>
        <translation>Aus Fotos wird eine Szene, durch die man fliegen kann.</translation>
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
        <source>%1, not there any more</source>
        <translation>%1, nicht mehr da</translation>
    </message>
    <message>
        <source>not there any more: %1</source>
        <translation>nicht mehr da: %1</translation>
    </message>
    <message>
        <source>%1, run %2</source>
        <translation>%1, Lauf %2</translation>
    </message>
    <message>
        <source>Make a scene</source>
        <translation>Eine Szene machen</translation>
    </message>
    <message>
        <source>New from photos...</source>
        <translation>Neu aus Fotos...</translation>
    </message>
    <message>
        <source>A folder of photos: jpg, png, tif, bmp, webp</source>
        <translation>Ein Ordner mit Fotos: jpg, png, tif, bmp, webp</translation>
    </message>
    <message>
        <source>New from a video...</source>
        <translation>Neu aus einem Video...</translation>
    </message>
    <message>
        <source>The sharpest pictures of an mp4 or mov are taken</source>
        <translation>Die schärfsten Bilder einer mp4 oder mov werden genommen</translation>
    </message>
    <message>
        <source>Try the sample city</source>
        <translation>Die Beispielstadt ausprobieren</translation>
    </message>
    <message>
        <source>Builds a small town and photographs it from a drone: a minute or so, and nothing to download</source>
        <translation>Baut eine kleine Stadt und fotografiert sie von einer Drohne aus: etwa eine Minute, nichts herunterzuladen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open a dataset...</source>
        <translation>Einen Datensatz öffnen...</translation>
    </message>
    <message>
        <source>COLMAP or transforms.json, or a training run</source>
        <translation>COLMAP oder transforms.json, oder ein Trainingslauf</translation>
    </message>
    <message>
        <source>Splats as .ply</source>
        <translation>Splats als .ply</translation>
    </message>
    <message>
        <source>Photos, videos, projects, datasets, runs and models can be dropped on this window as well.
Ctrl+K finds every command.</source>
        <translation>Fotos, Videos, Projekte, Datensätze, Läufe und Modelle lassen sich auch auf dieses Fenster ziehen.
Strg+K findet jeden Befehl.</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt</translation>
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
    <message>
        <source>%1 is open to look at only</source>
        <translation>%1 ist nur zum Ansehen geöffnet</translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation>%1 geschrieben</translation>
    </message>
    <message>
        <source>Finished %1 blocks</source>
        <translation>%1 Blöcke fertig</translation>
    </message>
    <message>
        <source>Stopped; the blocks can be resumed</source>
        <translation>Angehalten; die Blöcke können fortgesetzt werden</translation>
    </message>
</context>
</TS>
