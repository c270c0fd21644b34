package main

import (
	"fmt"
	"io"
	"path"
	"time"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/evidence"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/policies"
)

func evidenceCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "evidence APP",
		Short: "Show what the files beside an app say, and which are missing",
		Long: `Evidence reads the files in the folder evidence/ beside an app, and says of each what it
shows and who signed it, or why it shows nothing. Then it lists what an app in production
is asked for and no file shows, with a command that makes it where one is known, and what
has to be signed and is not. It judges nothing: levee check says what the rules find.`,
		Example: "  levee evidence expense-submit\n  levee evidence expense-submit -o json",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().StringVarP(&dir, "catalog", "C", ".", "folder of the catalog")
	format := output.Flag(cmd, "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		snapshot, err := catalogs.OpenFolder(cmd.Context(), dir)
		if err != nil {
			return err
		}
		doc, err := catalogs.ValidApp(snapshot, dir, args[0])
		if err != nil {
			return err
		}
		shown := evidenceOf(snapshot, doc)
		if *format == "json" {
			return output.JSON(cmd.OutOrStdout(), shown)
		}
		zone := time.UTC
		if s := snapshot.Settings(); s != nil {
			zone = s.Location()
		}
		for _, file := range shown.Files {
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", file.Name, file.Words(zone))
			if file.Remedy != "" {
				fmt.Fprintf(cmd.OutOrStdout(), "    %s\n", file.Remedy)
			}
		}
		if len(shown.Files) == 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "There is no file in %s.\n", path.Join(path.Dir(doc.Path), "evidence"))
		}
		return shown.writeMissing(cmd.OutOrStdout())
	}
	return cmd
}

// shownEvidence is what the command says.
type shownEvidence struct {
	App     string             `json:"app"`
	Path    string             `json:"path"`
	Files   []evidence.Summary `json:"files"`
	Missing []evidence.Want    `json:"missing"`
	Image   *unsignedImage     `json:"image,omitempty"` // where its signature must be there and is not
}

// unsignedImage is why the signature of an image is not there, and what to do.
type unsignedImage struct {
	Unsigned string `json:"unsigned"`
	Remedy   string `json:"remedy"`
}

// evidenceOf is what lies beside an app, and what does not. An app on a low-code platform is
// built from what the platform has: only scans are asked of it.
func evidenceOf(s *catalog.Snapshot, doc *catalog.Document) shownEvidence {
	spec := doc.App().Spec
	signing := policies.NewSigning(s)
	files := signing.Evidence(doc)
	shown := shownEvidence{App: doc.Name, Path: doc.Path, Files: policies.Summaries(files)}
	if unsigned, remedy := signing.ImageUnsigned(doc, files); unsigned != "" {
		shown.Image = &unsignedImage{unsigned, remedy}
	}
	var scans []string
	if b := catalog.Object[catalog.Blueprint](s.Blueprint(spec.Blueprint)); b != nil {
		scans = b.Spec.Scans
	}
	wants := evidence.ScansWanted(scans)
	if spec.Runtime.Type != "external" {
		wants = append(wants, evidence.SourceWanted(spec.Runtime.Language)...)
	}
	shown.Missing = evidence.Unmet(wants, shown.Files)
	return shown
}

func (s shownEvidence) writeMissing(out io.Writer) error {
	if s.Image != nil {
		fmt.Fprintf(out, "%s\n    %s\n", s.Image.Unsigned, s.Image.Remedy)
	}
	if len(s.Missing) == 0 {
		_, err := fmt.Fprintln(out, "Nothing is missing that an app in production is asked for.")
		return err
	}
	fmt.Fprintln(out, "An app in production is asked for this, and no file shows it:")
	for _, w := range s.Missing {
		fmt.Fprintf(out, "- %s, as %s\n", w.What, w.File)
		if w.Command != "" {
			fmt.Fprintf(out, "    %s\n", w.Command)
		}
	}
	return nil
}
