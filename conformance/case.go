package conformance

import (
	"slices"
	"strings"
)

// Case is one claim of the contract and the scenario that shows it.
type Case struct {
	// Name is a lower-case claim below a topic: "link/normal_exit_is_silent".
	Name string
	// Claim is the claim as a sentence. It is printed when the case fails.
	Claim string
	// Clauses are those of docs/spec that the case shows, separated by
	// commas.
	Clauses string
	// Scenario plays the case. It returns normally if the claim holds.
	Scenario func(*Stage)

	// Solo says that the case concerns one process, or several of one engine:
	// it is not played on pairs of engines.
	Solo bool
	// Virtual says that the case needs the virtual clock, since it takes too
	// long otherwise or states exact times: it is not played on real workers.
	Virtual bool
	// Language restricts the case to engines of that language.
	Language string
	// Schedules, if not 0, is the largest number of schedules it is played
	// with, for a case that takes long or leaves nothing to the schedule.
	Schedules int
}

// Topic is the part of the name before the slash.
func (c Case) Topic() string {
	topic, _, _ := strings.Cut(c.Name, "/")
	return topic
}

// ClauseList gives the clauses one by one.
func (c Case) ClauseList() []string {
	var out []string
	for _, clause := range strings.Split(c.Clauses, ",") {
		out = append(out, strings.TrimSpace(clause))
	}
	return out
}

// Cases gives all cases. It is the suite's table of contents: the topics in the
// order of docs/spec, then the programs of each language.
func Cases() []Case {
	return slices.Concat(
		valueCases(),
		lifecycleCases(),
		spawnCases(),
		messageCases(),
		viewCases(),
		linkCases(),
		monitorCases(),
		cancelCases(),
		stopCases(),
		talkCases(),
		channelCases(),
		selectCases(),
		coroutineCases(),
		timeCases(),
		errorCases(),
		nameCases(),
		execCases(),
		upgradeCases(),
		limitCases(),
		schedulingCases(),
		supervisorCases(),
		supervisorStopCases(),
		supervisorRequestCases(),
		groupCases(),
		groupEventCases(),
		languageCases(),
		jsonCases(),
		bytesCases(),
		reCases(),
		cronCases(),
		httpClientCases(),
		fsCases(),
		envCases(),
		ioCases(),
		storeCases(),
		httpCases(),
		typedCases(),
		programCases(),
	)
}
